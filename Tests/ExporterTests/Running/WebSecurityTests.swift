// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPEndpoint
import Polling
import TestSupport
import Testing

@testable import Exporter

/// The web configuration, changed under a running exporter.
@Suite(.timeLimit(.minutes(1))) struct `Web configuration in force` {
    private static let hash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"
    private static let right = "Basic \(Data("alice:secret".utf8).base64EncodedString())"

    private static func tls(_ name: String, of directory: TemporaryDirectory) throws {
        for kind in ["crt", "key"] {
            let text = try String(
                contentsOfFile: ConfigurationCases.web.path("\(name).\(kind)"),
                encoding: .utf8
            )
            _ = try directory.write(text, to: "server.\(kind)")
        }
    }

    private func answer(_ security: WebSecurity, _ authorization: String?) async -> Response {
        await withCheckedContinuation { continuation in
            security.wrapping { _, responder in responder.send(.text(200, "in")) }(
                Request(headers: Headers(authorization.map { [("Authorization", $0)] } ?? [])),
                Responder { response in continuation.resume(returning: response) }
            )
        }
    }

    @Test func `users, header fields and the limit change with the file`() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("", to: "web.yml")
        let security = try WebSecurity(path: path)
        #expect(await answer(security, nil).status == 200)

        _ = try directory.write("basic_auth_users: { alice: \(Self.hash) }\n", to: "web.yml")
        _ = try security.reload()
        #expect(await answer(security, nil).status == 401)
        #expect(await answer(security, Self.right).status == 200)

        _ = try directory.write(
            "http_server_config: { headers: { X-Frame-Options: deny } }\nrate_limit: { interval: 1h, burst: 1 }\n",
            to: "web.yml"
        )
        _ = try security.reload()
        #expect(await answer(security, nil).headers.contains { $0.name == "X-Frame-Options" })
        #expect(await answer(security, nil).status == 429)
        _ = try security.reload()
        #expect(await answer(security, nil).status == 429, "a reload fills no bucket")
    }

    @Test func `a bad file leaves the former in force until it is mended`() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("basic_auth_users: { alice: \(Self.hash) }\n", to: "web.yml")
        let security = try WebSecurity(path: path)
        _ = try directory.write("basic_auth_users: { alice: doe }\n", to: "web.yml")
        #expect(throws: ConfigurationError.self) { try security.reload() }
        #expect(await answer(security, nil).status == 401)
        #expect(await answer(security, Self.right).status == 200)
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: ConfigurationError.self) { try security.reload() }
        #expect(await answer(security, nil).status == 401)
        _ = try directory.write("", to: "web.yml")
        _ = try security.reload()
        #expect(await answer(security, nil).status == 200)
    }

    @Test func `TLS is not turned on or off while the exporter runs`() async throws {
        let directory = try TemporaryDirectory()
        try Self.tls("server", of: directory)
        let plain = ""
        let secured = "tls_server_config: { cert_file: server.crt, key_file: server.key }\n"
        for (before, after, word) in [(plain, secured, "on"), (secured, plain, "off")] {
            let path = try directory.write(before, to: "web.yml")
            let security = try WebSecurity(path: path)
            _ = try directory.write(after, to: "web.yml")
            let error = #expect(throws: ConfigurationError.self) { try security.reload() }
            #expect(
                error?.description
                    == "\(path): tls_server_config: TLS cannot be turned \(word) while the exporter runs; restart it"
            )
            #expect((security.configuration.tls != nil) == (before == secured))
        }
    }

    @Test func `a file counts as changed once, whichever of them it is`() throws {
        let directory = try TemporaryDirectory()
        try Self.tls("server", of: directory)
        let path = try directory.write(
            "tls_server_config: { cert_file: server.crt, key_file: server.key }\n",
            to: "web.yml"
        )
        let security = try WebSecurity(path: path)
        #expect(!security.haveFilesChanged)
        // A renewed certificate comes before its key: what lies there meanwhile is a mistake, which is noted once.
        let other = try String(contentsOfFile: ConfigurationCases.web.path("other.crt"), encoding: .utf8)
        _ = try directory.write(other, to: "server.crt")
        #expect(security.haveFilesChanged)
        #expect(throws: ConfigurationError.self) { try security.reload() }
        #expect(!security.haveFilesChanged)
        try Self.tls("other", of: directory)
        #expect(security.haveFilesChanged)
        _ = try security.reload()
        #expect(!security.haveFilesChanged)
        #expect(security.configuration.tls?.settings.certificate.bytes == Array(other.utf8))
        // One that goes away and comes back.
        try FileManager.default.removeItem(atPath: directory.file("server.key"))
        #expect(security.haveFilesChanged)
        #expect(throws: ConfigurationError.self) { try security.reload() }
        #expect(!security.haveFilesChanged)
        try Self.tls("other", of: directory)
        #expect(security.haveFilesChanged)
        // Kubernetes replaces the directory that a symbolic link leads to.
        _ = try security.reload()
        let first = try directory.write(other, to: "first.crt")
        let second = try directory.write(other, to: "second.crt")
        let link = directory.file("server.crt")
        try FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: first)
        _ = try security.reload()
        #expect(!security.haveFilesChanged)
        try FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: second)
        #expect(security.haveFilesChanged)
    }

    /// A clock whose sleepers wake when the test says so.
    private struct SteppedClock: PollingClock {
        var epoch: String { "a test" }
        let step = WakeSignal()
        let asleep = WakeSignal()

        func now() -> Double { 0 }
        func uptime() -> Double { 0 }

        func sleep(seconds: Double) async throws(CancellationError) {
            asleep.ring()
            await step.wait()
            if Task.isCancelled { throw CancellationError() }
        }
    }

    @Test func `the watch asks for a reload of the web configuration when a file has changed`() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("", to: "web.yml")
        let security = try WebSecurity(path: path)
        let clock = SteppedClock()
        let desk = ReloadQueue()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await WebConfigurationWatcher(security: security, desk: desk, clock: clock).run()
            }
            await clock.asleep.wait()
            clock.step.ring()
            await clock.asleep.wait()
            // Nothing has changed, so what is asked for now is what the test asks for.
            desk.ask()
            #expect(await desk.next()?.isWhole == true)
            _ = try? directory.write("# changed\n", to: "web.yml")
            clock.step.ring()
            #expect(await desk.next()?.isWhole == false)
            group.cancelAll()
        }
    }
}
