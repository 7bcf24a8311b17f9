// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import Glibc
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct RelayTests {
    private static let request = "GET /control/life HTTP/1.1\r\nHost: test\r\n\r\n"
    private static let body = #"{"paused":false}"#

    /// Serves a simulator behind a second relay while a test runs on a thread that may block.
    private func withRelay(
        _ mode: Relay.Mode = .pass,
        _ test: @escaping @Sendable (Relay, _ simulator: Int) throws -> Void
    ) async throws {
        let world = try SimulatorFixture { $0.connectors = 3 }
        let relay = try Relay(to: UInt16(world.simulator.port))
        relay.set(mode)
        async let running: Void = world.simulator.run()
        try await onThread {
            defer { world.simulator.stop() }
            // The simulator may start slowly on a busy machine; no test measures that.
            let client = try RawHTTPClient(port: world.simulator.port, timeoutSeconds: 60)
            _ = try client.exchange("GET", "/control/life")
            try test(relay, world.simulator.port)
        }
        await running
    }

    private static func client(_ relay: Relay, timeoutSeconds: Int = 10) throws -> RawHTTPClient {
        let client = try RawHTTPClient(port: Int(relay.port), timeoutSeconds: timeoutSeconds)
        try client.send(request)
        return client
    }

    @Test func `keeps connections open, and answers pipelined requests in order`() async throws {
        try await withRelay { relay, port in
            for port in [port, Int(relay.port)] {
                let client = try RawHTTPClient(port: port)
                for _ in 0..<3 { #expect(try client.exchange("GET", "/control/life").text == Self.body) }
                let targets = ["/control/life", "/none", "/control/faults", "/"]
                try client.send(targets.map { "GET \($0) HTTP/1.1\r\nHost: test\r\n\r\n" }.joined())
                let replies = try targets.map { _ in try client.response() }
                #expect(replies.map(\.status) == [200, 401, 200, 200])
                #expect(replies[0].text == Self.body)
                #expect(replies[2].text == "[]")
            }
        }
    }

    @Test func `passes on a thousand pipelined requests whose answers are read late`() async throws {
        try await withRelay { relay, port in
            let client = try RawHTTPClient(port: port)
            let request = "GET / HTTP/1.1\r\nHost: test\r\n\r\n"
            try client.send(String(repeating: request, count: 1000))
            for _ in 0..<1000 { #expect(try client.response().status == 200) }
        }
    }

    @Test func `answers HEAD without a body, and then the next request`() async throws {
        try await withRelay { relay, port in
            for port in [port, Int(relay.port)] {
                let client = try RawHTTPClient(port: port)
                let head = try client.exchange("HEAD", "/control/life")
                #expect(head.header("content-length") == String(Self.body.utf8.count))
                #expect(head.header("simulator-wire") == nil)
                // Only the simulator's own relay knows that no body follows.
                if port == Int(relay.port) { continue }
                #expect(try client.exchange("GET", "/control/life").text == Self.body)
            }
        }
    }

    @Test func `hides its header field, and no client can set it`() async throws {
        try await withRelay { _, port in
            let client = try RawHTTPClient(port: port)
            let faults =
                #"[{"kind": "delay", "param": "1ms"}, {"kind": "header", "param": "X-A", "bytes": 300000}]"#
            let length = "Content-Length: \(faults.utf8.count)"
            try client.send("POST /control/faults HTTP/1.1\r\nHost: test\r\n\(length)\r\n\r\n\(faults)")
            _ = try client.response()
            let reply = try client.exchange("GET", "/none", ["Simulator-Wire: reset"])
            #expect(reply.status == 401)
            #expect(reply.header("simulator-wire") == nil)
            #expect(reply.header("x-a")?.utf8.count == 300_000)
        }
    }

    @Test func `refuses and resets connections, and listens again on the same port`() async throws {
        try await withRelay { relay, _ in
            let client = try Self.client(relay)
            _ = try client.response()
            relay.set(.refuse)
            #expect(throws: RawHTTPClient.Failure.reset) { try client.bytes(1) }
            #expect(throws: RawHTTPClient.Failure.self) { try Self.client(relay).response() }
            relay.set(.reset)
            var failure: RawHTTPClient.Failure?
            repeat {
                failure = #expect(throws: RawHTTPClient.Failure.self) { try Self.client(relay).response() }
            } while failure == .system(ECONNREFUSED)
            #expect(failure == .reset)
            relay.set(.pass)
            #expect(try Self.client(relay).response().text == Self.body)
        }
    }

    @Test func `holds bytes until the mode changes`() async throws {
        try await withRelay(.hold) { relay, _ in
            let client = try Self.client(relay, timeoutSeconds: 1)
            #expect(throws: RawHTTPClient.Failure.timedOut) { try client.bytes(1) }
            relay.set(.pass)
            #expect(try client.response().text == Self.body)
        }
    }

    @Test func `ends a connection that is used again`() async throws {
        try await withRelay(.closeOnReuse) { relay, _ in
            let client = try Self.client(relay)
            #expect(try client.response().text == Self.body)
            try client.send(Self.request)
            #expect(throws: RawHTTPClient.Failure.ended) { try client.response() }
        }
    }

    @Test(arguments: [false, true]) func `cuts an answer in the middle`(isReset: Bool) async throws {
        try await withRelay(.fault(.cut(after: nil, isReset: isReset))) { relay, _ in
            let client = try Self.client(relay)
            #expect(throws: isReset ? RawHTTPClient.Failure.reset : .ended) { try client.response() }
        }
    }

    @Test func `changes every byte, the version, or what precedes the answer`() async throws {
        try await withRelay { relay, _ in
            relay.set(.fault(.garbage))
            #expect(try Self.client(relay).bytes(4) == "HTTP".utf8.map { $0 ^ 0xa5 })
            relay.set(.fault(.oldVersion))
            #expect(try Self.client(relay).bytes(8) == Array("HTTP/1.0".utf8))
            relay.set(.fault(.interim))
            let client = try Self.client(relay)
            #expect(
                try [client.response(), client.response(), client.response()].map(\.status) == [
                    100, 103, 200,
                ]
            )
            relay.set(.fault(.slow(bytesPerSecond: 100)))
            let start = ContinuousClock.now
            #expect(try Self.client(relay).response().text == Self.body)
            #expect(ContinuousClock.now - start >= .milliseconds(10 * Self.body.utf8.count))
        }
    }
}
