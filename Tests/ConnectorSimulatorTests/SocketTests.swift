// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import FoundationEssentials
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct SocketTests {
    /// Serves while a test runs on a thread that may block.
    ///
    /// If the test fails, leaving the scope cancels `run()`, which stops the simulator.
    private func serve<Value: Sendable>(
        _ faults: String...,
        ask: @escaping @Sendable (SimulatorFixture) throws -> Value
    ) async throws -> Value {
        let parsed = try faults.map { try Fault.parse($0) }
        let world = try SimulatorFixture {
            $0.connectors = 3
            $0.faults = parsed
        }
        async let running: Void = world.simulator.run()
        let answered = try await onThread {
            // The simulator may start slowly on a busy machine; no test measures that.
            let patient = try RawHTTPClient(port: world.simulator.port, timeoutSeconds: 60)
            _ = try patient.exchange("GET", "/control/life")
            defer { world.simulator.stop() }
            return try ask(world)
        }
        await running
        return answered
    }

    /// Opens a connection and requests a page of events.
    private static func ask(_ world: SimulatorFixture, limit: Int = 1000, timeoutSeconds: Int = 10) throws
        -> RawHTTPClient
    {
        let client = try RawHTTPClient(
            port: world.simulator.port,
            timeoutSeconds: timeoutSeconds
        )
        let target = world.path(0, "/telemetry/events?from=0&to=4000000000&limit=\(limit)")
        try client.send(
            "GET \(target) HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer \(SimulatorFixture.token)\r\n\r\n"
        )
        return client
    }

    @Test func `the API answers as it does without one`() async throws {
        let (reply, known) = try await serve { world in
            (try Self.ask(world).response(), try world.known(0).map(\.item))
        }
        #expect(reply.status == 200)
        #expect(reply.header("content-type") == "application/json")
        #expect(reply.header("content-length") == String(reply.body.count))
        #expect(reply.header("ratelimit") == "\"default\";r=1199;t=300")
        #expect(try JSONDecoder().decode(Wire.Page.self, from: Data(reply.body)).result.items == known)
    }

    @Test func `the base URL is where it listens`() throws {
        let world = try SimulatorFixture { $0.connectors = 1 }
        let port = world.simulator.port
        #expect(world.simulator.baseURL == "http://127.0.0.1:\(port)/client/v4")
        #expect(port > 0)
    }

    @Test func `a reset brings no byte`() async throws {
        let failure = try await serve("reset") { world in
            #expect(throws: RawHTTPClient.Failure.self) { try Self.ask(world).bytes(1) }
        }
        #expect(failure == .reset)
    }

    @Test func `a stall stays open and says no more`() async throws {
        let failure = try await serve("stall:100") { world in
            let client = try Self.ask(world, timeoutSeconds: 1)
            #expect(try client.head().status == 200)
            #expect(try client.bytes(100).count == 100)
            return #expect(throws: RawHTTPClient.Failure.self) { try client.bytes(1) }
        }
        #expect(failure == .timedOut)
    }

    @Test func `a connection that is cut has less than it promised`() async throws {
        let (head, body) = try await serve("truncate:connection,bytes=50") { world in
            let client = try Self.ask(world)
            return (try client.head(), try client.rest())
        }
        #expect(body.count == 50)
        #expect((head.header("content-length").flatMap { Int($0) } ?? 0) > 1000)
    }

    @Test func `a body that is cut has what it promised`() async throws {
        let reply = try await serve("truncate:json,bytes=50") { try Self.ask($0).response() }
        #expect(reply.body.count == 50)
        #expect(reply.header("content-length") == "50")
    }

    @Test func `a slow answer comes slowly`() async throws {
        let (reply, duration) = try await serve("slow:1000") { world in
            let begin = ContinuousClock.now
            let reply = try Self.ask(world, limit: 10).response()
            return (reply, ContinuousClock.now - begin)
        }
        #expect(reply.body.count > 500)
        #expect(duration > .milliseconds(reply.body.count / 2))
    }

    @Test func `a late answer comes late`() async throws {
        let (reply, duration) = try await serve("delay:400ms") { world in
            let begin = ContinuousClock.now
            let reply = try Self.ask(world).response()
            return (reply, ContinuousClock.now - begin)
        }
        #expect(reply.status == 200)
        #expect(duration >= .milliseconds(400))
    }

    @Test func `an endless body does not end`() async throws {
        let (head, bytes) = try await serve("endless_body") { world in
            let client = try Self.ask(world)
            return (try client.head(), try client.bytes(8 << 20).count)
        }
        #expect(head.header("transfer-encoding") == "chunked")
        #expect(bytes == 8 << 20)
    }

    @Test func `rejects an address in use by its flag`() throws {
        let world = try SimulatorFixture { $0.connectors = 1 }
        let taken = "127.0.0.1:\(world.simulator.port)"
        let error = #expect(throws: SimulatorError.self) { try SimulatorFixture { $0.listenAddress = taken } }
        #expect(error?.description.hasPrefix("--web.listen-address: ") == true)
    }
}
