// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import FoundationEssentials
import HTTPEndpoint
import Logging
import Synchronization

/// A simulator with a manual clock, and a client without a socket.
final class SimulatorFixture: Sendable {
    static let start = 1_790_000_000.0
    static let account = "00000000000000000000000000000001"
    static let token = "simulator-token"

    let simulator: Simulator
    private let clock: Clock

    private final class Clock: Sendable {
        let now: Mutex<Double>
        init(_ now: Double) { self.now = Mutex(now) }
    }

    init(
        start: Double = SimulatorFixture.start,
        _ configure: (inout SimulatorConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = SimulatorConfiguration()
        configure(&configuration)
        let clock = Clock(start)
        self.clock = clock
        simulator = try Simulator(
            configuration: configuration,
            clock: { clock.now.withLock { $0 } },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    var now: Double { clock.now.withLock { $0 } }

    /// Advances the clock.
    func pass(_ seconds: Double) { clock.now.withLock { $0 += seconds } }

    /// A response, and the instruction for the relay.
    struct Reply: Sendable {
        let status: Int
        let headers: [(name: String, value: String)]
        let body: [UInt8]
        let wire: WireInstruction

        /// Returns the value of a header field; names are case-insensitive.
        func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }

        var text: String { String(decoding: body, as: UTF8.self) }

        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try JSONDecoder().decode(type, from: Data(body))
        }

        /// The code of the first error in the envelope.
        var code: Int? { try? decode(ErrorEnvelope.self).errors.first?.code }
    }

    struct ErrorEnvelope: Decodable {
        struct Entry: Decodable {
            let code: Int
            let message: String
        }
        let success: Bool
        let errors: [Entry]
    }

    /// Sends a request to the simulator.
    func ask(
        _ method: String = "GET",
        _ path: String,
        query: [(name: String, value: String)] = [],
        authorization: String? = "Bearer \(SimulatorFixture.token)",
        body: String = ""
    ) throws -> Reply {
        let request = Request(
            method: method,
            path: path,
            query: query,
            headers: Headers(authorization.map { [("Authorization", $0)] } ?? []),
            body: Array(body.utf8)
        )
        let answer = simulator.response(to: request)
        return Reply(status: answer.status, headers: answer.headers, body: answer.body, wire: answer.wire)
    }

    /// Returns a path below a connector's.
    func path(_ index: Int, _ rest: String = "", account: Int = 0) -> String {
        let id = simulator.connectorIDs(account: account)[index]
        return "/client/v4/accounts/\(simulator.accountIDs[account])/magic/connectors/\(id)\(rest)"
    }

    static let connectorsPath = "/client/v4/accounts/\(account)/magic/connectors"
    static let eventsPath = "/telemetry/events"
}

extension SimulatorFixture {
    /// Creates a small fleet with one fault.
    static func faulty(
        _ fault: String,
        _ configure: (inout SimulatorConfiguration) -> Void = { _ in }
    ) throws -> SimulatorFixture {
        let parsed = try Fault.parse(fault)
        return try SimulatorFixture {
            $0.connectors = 3
            $0.faults = [parsed]
            configure(&$0)
        }
    }

    /// Reads the first fifty events of the first connector.
    static func firstEvents(_ world: SimulatorFixture) throws -> Reply {
        try world.ask(
            world.path(0, SimulatorFixture.eventsPath),
            query: [("from", "0"), ("to", "4000000000"), ("limit", "50")]
        )
    }
}
