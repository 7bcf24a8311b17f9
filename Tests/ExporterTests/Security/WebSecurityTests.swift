// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Foundation
import HTTPEndpoint
import LinuxSystem
import Polling
import TestSupport
import Testing

@testable import Exporter

@Suite(.timeLimit(.minutes(1))) struct WebSecurityTests {
    /// The hash of "secret".
    private static let hash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"
    private static let credentials = "Basic \(Data("alice:secret".utf8).base64EncodedString())"

    /// Copies a certificate and its key.
    private static func copyTLSFiles(_ name: String, to directory: TemporaryDirectory) throws {
        for kind in ["crt", "key"] {
            let text = try String(
                contentsOfFile: ConfigurationCases.web.path("\(name).\(kind)"),
                encoding: .utf8
            )
            _ = try directory.write(text, to: "server.\(kind)")
        }
    }

    private func respond(_ security: WebSecurity, _ authorization: String?) async -> Response {
        await withCheckedContinuation { continuation in
            security.wrapping { _, responder in responder.send(.text(200, "allowed")) }(
                Request(headers: Headers(authorization.map { [("Authorization", $0)] } ?? [])),
                Responder { response in continuation.resume(returning: response) }
            )
        }
    }

    @Test func `a reload applies users, header fields and the rate limit`() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("", to: "web.yml")
        let security = try WebSecurity(path: path)
        #expect(await respond(security, nil).status == 200)

        _ = try directory.write("basic_auth_users: { alice: \(Self.hash) }\n", to: "web.yml")
        _ = try security.reload()
        #expect(await respond(security, nil).status == 401)
        #expect(await respond(security, Self.credentials).status == 200)

        _ = try directory.write(
            "http_server_config: { headers: { X-Frame-Options: deny } }\nrate_limit: { interval: 1h, burst: 1 }\n",
            to: "web.yml"
        )
        _ = try security.reload()
        #expect(await respond(security, nil).headers.contains { $0.name == "X-Frame-Options" })
        #expect(await respond(security, nil).status == 429)
        _ = try security.reload()
        #expect(await respond(security, nil).status == 429, "a reload does not refill the bucket")
    }

    @Test func `an invalid file leaves the old configuration in force`() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("basic_auth_users: { alice: \(Self.hash) }\n", to: "web.yml")
        let security = try WebSecurity(path: path)
        _ = try directory.write("basic_auth_users: { alice: doe }\n", to: "web.yml")
        #expect(throws: ConfigurationError.self) { try security.reload() }
        #expect(await respond(security, nil).status == 401)
        #expect(await respond(security, Self.credentials).status == 200)
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: ConfigurationError.self) { try security.reload() }
        #expect(await respond(security, nil).status == 401)
        _ = try directory.write("", to: "web.yml")
        _ = try security.reload()
        #expect(await respond(security, nil).status == 200)
    }

    @Test func `rejects turning TLS on or off`() async throws {
        let directory = try TemporaryDirectory()
        try Self.copyTLSFiles("server", to: directory)
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

    @Test func `detects each change of a file once`() throws {
        let directory = try TemporaryDirectory()
        try Self.copyTLSFiles("server", to: directory)
        let path = try directory.write(
            "tls_server_config: { cert_file: server.crt, key_file: server.key }\n",
            to: "web.yml"
        )
        let security = try WebSecurity(path: path)
        #expect(!security.haveFilesChanged)
        // A renewed certificate is written before its key. Until then the pair is invalid.
        let other = try String(contentsOfFile: ConfigurationCases.web.path("other.crt"), encoding: .utf8)
        _ = try directory.write(other, to: "server.crt")
        #expect(security.haveFilesChanged)
        #expect(throws: ConfigurationError.self) { try security.reload() }
        #expect(!security.haveFilesChanged)
        try Self.copyTLSFiles("other", to: directory)
        #expect(security.haveFilesChanged)
        _ = try security.reload()
        #expect(!security.haveFilesChanged)
        #expect(security.configuration.tls?.settings.certificate.bytes == Array(other.utf8))
        // A deleted file that is created again.
        try FileManager.default.removeItem(atPath: directory.file("server.key"))
        #expect(security.haveFilesChanged)
        #expect(throws: ConfigurationError.self) { try security.reload() }
        #expect(!security.haveFilesChanged)
        try Self.copyTLSFiles("other", to: directory)
        #expect(security.haveFilesChanged)
        // Kubernetes changes the target of a symbolic link.
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

    /// A clock whose `sleep` returns when the test signals `step`.
    private struct SteppedClock: PollingClock {
        var epoch: String { "a test" }
        let step = WakeSignal()
        let asleep = WakeSignal()

        func now() -> Timestamp { 0 }
        func uptime() -> Uptime { Uptime(seconds: 0) }

        func sleep(seconds: Double) async throws(CancellationError) {
            asleep.signal()
            await step.wait()
            if Task.isCancelled { throw CancellationError() }
        }
    }

    @Test func `a changed file requests a reload of the web configuration`() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("", to: "web.yml")
        let security = try WebSecurity(path: path)
        let clock = SteppedClock()
        let queue = ReloadQueue()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await ReloadService.requestOnChange(of: security, queue: queue, clock: clock)
            }
            await clock.asleep.wait()
            clock.step.signal()
            await clock.asleep.wait()
            // No file has changed, so the next request is the test's own.
            queue.requestReload()
            #expect(await queue.next()?.includesPolling == true)
            _ = try? directory.write("# changed\n", to: "web.yml")
            clock.step.signal()
            #expect(await queue.next()?.includesPolling == false)
            group.cancelAll()
        }
    }
}
