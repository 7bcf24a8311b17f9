// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Foundation
import HTTPTransport
import LinuxSystem
import Polling
import Synchronization
import TestSupport
import Testing

@testable import Exporter

struct ReloadingTokenTests {
    /// A clock that each reading advances by a second, unless it is stopped.
    private final class TickingClock: PollingClock {
        private let time = Mutex(0.0)
        let step: Double

        init(step: Double = 1) { self.step = step }

        var epoch: String { "a test" }
        func now() -> Timestamp { 0 }
        func uptime() -> Uptime {
            time.withLock { time in
                time += step
                return Uptime(seconds: time)
            }
        }
        func sleep(seconds: Double) async throws(CancellationError) {}
    }

    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("token")
    }

    private func write(_ text: String, to path: String? = nil, atomically: Bool = false) throws {
        try text.write(toFile: path ?? self.path, atomically: atomically, encoding: .utf8)
    }

    private func token(step: Double = 1) -> ReloadingToken {
        ReloadingToken(.file(path: path), clock: TickingClock(step: step))
    }

    @Test func `ignores white space around a token`() throws {
        try write(" \n one \r\n\n")
        #expect(try token().current() == Credential("one"))
    }

    @Test(arguments: [true, false])
    func `reads a file again that was written or replaced`(atomically: Bool) throws {
        try write("one")
        let token = token()
        #expect(try token.current() == Credential("one"))
        try write("another", atomically: atomically)
        #expect(try token.current() == Credential("another"))
    }

    @Test func `reads a replaced file of the same size again`() throws {
        try write("one")
        let token = token()
        #expect(try token.current() == Credential("one"))
        try write("two", atomically: true)
        #expect(try token.current() == Credential("two"))
    }

    @Test func `reads a file again if its link has another target`() throws {
        try write("one", to: path + ".1")
        try write("two", to: path + ".2")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + ".1")
        let token = token()
        #expect(try token.current() == Credential("one"))
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + ".2")
        #expect(try token.current() == Credential("two"))
    }

    @Test func `checks the file at most once per second`() throws {
        try write("one")
        let token = token(step: 0.4)
        #expect(try token.current() == Credential("one"))
        try write("two", atomically: true)
        #expect(try token.current() == Credential("one"))
        #expect(try token.current() == Credential("one"))
        #expect(try token.current() == Credential("two"))
    }

    @Test func `a missing file is an error until it exists again`() throws {
        try write("one")
        let token = token()
        _ = try token.current()
        try FileManager.default.removeItem(atPath: path)
        for _ in 0..<2 {
            let error = #expect(throws: ConfigurationError.self) { _ = try token.current() }
            #expect(
                error?.description
                    == "cannot be read: No such file or directory; name a file that contains only the API token and that this user may read"
            )
        }
        try write("two")
        #expect(try token.current() == Credential("two"))
    }

    @Test func `reads a file again immediately after an error`() throws {
        let token = token(step: 0)
        #expect(throws: ConfigurationError.self) { _ = try token.current() }
        try write("one")
        #expect(try token.current() == Credential("one"))
    }

    @Test(arguments: ["", " \n", "secret words", "secret\nsecret", "sécret", "secret\0"])
    func `the error of an invalid token does not contain it`(text: String) throws {
        try write(text)
        let error = #expect(throws: ConfigurationError.self) { _ = try token().current() }
        #expect(
            error?.description
                == "names a file without an API token; write only the API token into it, on one line"
        )
    }

    @Test func `a token from the environment does not change`() throws {
        let credential = try #require(Credential("one"))
        let token = ReloadingToken(.literal(credential), clock: TickingClock())
        #expect(try token.current() == credential)
        #expect("\(TokenSource.literal(credential))" == "literal(‹redacted›)")
    }
}
