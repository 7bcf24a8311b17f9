// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import Dispatch
import FoundationEssentials
import HTTPEndpoint
import Testing

@Suite(.timeLimit(.minutes(2))) struct `Over a real socket` {
    /// What came back, taken apart.
    private struct Exchange: Sendable {
        let head: String
        let body: [UInt8]
        let ending: SocketClient.Ending
        let duration: Duration

        /// The value of a header field.
        func header(_ name: String) -> String? {
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("\(name):") }
                .map { String($0.dropFirst(name.count + 1).drop { $0 == " " }) }
        }
    }

    /// Runs a simulator for as long as something is asked of it.
    ///
    /// The client blocks, which a thread of the cooperative pool must not do: it is what starts the server.
    private func serve(
        _ world: World,
        _ ask: @escaping @Sendable (World) throws -> Exchange
    ) async throws -> Exchange {
        async let running: Void = world.simulator.run()
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: Result { try ask(world) }) }
        }
        world.simulator.stop()
        await running
        return try result.get()
    }

    private func fetch(_ world: World, _ path: String, silence: Int32 = 10_000, atMost: Int = 64 << 20)
        throws
        -> Exchange
    {
        let begin = ContinuousClock.now
        let client = try SocketClient(port: world.simulator.address.port)
        try client.get(path)
        let (bytes, ending) = client.read(silence: silence, atMost: atMost)
        let separator = Array("\r\n\r\n".utf8)
        let split = bytes.indices.first { bytes[$0...].starts(with: separator) } ?? bytes.count
        return Exchange(
            head: String(decoding: bytes[..<split], as: UTF8.self),
            body: Array(bytes[min(split + 4, bytes.count)...]),
            ending: ending,
            duration: ContinuousClock.now - begin
        )
    }

    private func world(_ faults: String...) throws -> World {
        let parsed = try faults.map { try Fault.parse($0) }
        return try World {
            $0.connectors = 3
            $0.faults = parsed
        }
    }

    private func path(_ world: World) -> String {
        world.path(0, "/telemetry/events?from=0&to=4000000000&limit=1000")
    }

    @Test func `the API answers as it does without one`() async throws {
        let world = try world()
        let exchange = try await serve(world) { try fetch($0, path($0)) }
        #expect(exchange.head.hasPrefix("HTTP/1.1 200"))
        #expect(exchange.header("content-type") == "application/json")
        #expect(exchange.header("content-length") == String(exchange.body.count))
        #expect(exchange.header("ratelimit")?.hasPrefix("\"default\";r=1199;t=") == true)
        let page = try JSONDecoder().decode(Wire.Page.self, from: Data(exchange.body))
        #expect(page.result.items == (try world.known(0)).map(\.item))
        #expect(exchange.ending == .closed)
    }

    @Test func `the base URL is where it listens`() throws {
        let world = try world()
        #expect(world.simulator.baseURL == "http://127.0.0.1:\(world.simulator.address.port)/client/v4")
        #expect(world.simulator.address.port > 0)
    }

    @Test func `a reset brings no byte`() async throws {
        let exchange = try await serve(world("reset")) { try fetch($0, path($0)) }
        #expect(exchange.head.isEmpty)
        #expect(exchange.ending == .reset)
    }

    @Test func `a stall stays open and says no more`() async throws {
        let exchange = try await serve(world("stall:100")) { try fetch($0, path($0), silence: 500) }
        #expect(exchange.head.hasPrefix("HTTP/1.1 200"))
        #expect(exchange.body.count == 100)
        #expect(exchange.ending == .silent)
    }

    @Test func `a connection that is cut has less than it promised`() async throws {
        let exchange = try await serve(world("truncate:connection,bytes=50")) { try fetch($0, path($0)) }
        #expect(exchange.body.count == 50)
        #expect((exchange.header("content-length").flatMap { Int($0) } ?? 0) > 1000)
    }

    @Test func `a body that is cut has what it promised`() async throws {
        let exchange = try await serve(world("truncate:json,bytes=50")) { try fetch($0, path($0)) }
        #expect(exchange.body.count == 50)
        #expect(exchange.header("content-length") == "50")
    }

    @Test func `a slow answer comes slowly`() async throws {
        let exchange = try await serve(world("slow:1000")) {
            try fetch($0, $0.path(0, "/telemetry/events?from=0&to=4000000000&limit=10"))
        }
        #expect(exchange.ending == .closed)
        #expect(exchange.body.count > 500)
        #expect(exchange.duration > .milliseconds(exchange.body.count / 2))
    }

    @Test func `a late answer comes late`() async throws {
        let exchange = try await serve(world("delay:400ms")) { try fetch($0, path($0)) }
        #expect(exchange.ending == .closed)
        #expect(exchange.duration >= .milliseconds(400))
        #expect(exchange.head.hasPrefix("HTTP/1.1 200"))
    }

    @Test func `an endless body does not end`() async throws {
        let exchange = try await serve(world("endless_body")) { try fetch($0, path($0), atMost: 8 << 20) }
        #expect(exchange.ending == .enough)
        #expect(exchange.head.lowercased().contains("transfer-encoding: chunked"))
    }

    @Test func `an address that is taken is refused by its flag's name`() throws {
        let world = try world()
        let error = #expect(throws: SimulatorError.self) {
            try World { $0.listenAddress = "127.0.0.1:\(world.simulator.address.port)" }
        }
        #expect(error?.description.hasPrefix("--web.listen-address: ") == true)
    }
}
