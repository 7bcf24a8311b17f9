// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import HTTPEndpoint

/// Which events a client asks for.
struct EventQuery: Sendable {
    /// The first and last second, both included.
    let from: Int
    let to: Int
    let kind: EventKind?
    let cursor: Cursor?
    let limit: Int

    /// Reads the query of a request.
    ///
    /// - Throws: what the API says to a query that it cannot read.
    init(_ request: Request, configuration: SimulatorConfiguration) throws(Refusal) {
        let lower = try Self.number("from", of: request)
        let upper = try Self.number("to", of: request)
        from = Self.clamped(lower.rounded(.up))
        to = Self.clamped(upper.rounded(.down))
        // An empty filter is what a client sends that has none.
        kind = request.queryValue("k").flatMap { $0.isEmpty ? nil : EventKind(rawValue: $0) }
        limit = try Self.limit(request.queryValue("limit"), configuration)
        guard let text = request.queryValue("cursor"), !text.isEmpty else {
            cursor = nil
            return
        }
        guard let known = Cursor(text) else { throw .badRequest("cursor: invalid") }
        cursor = known
    }

    private static func limit(_ text: String?, _ configuration: SimulatorConfiguration) throws(Refusal) -> Int
    {
        guard let text else { return min(configuration.defaultPageLimit, configuration.pageLimit) }
        guard let value = Int(text), value > 0 else { throw .badRequest("limit: must be a positive number") }
        return min(value, configuration.pageLimit)
    }

    private static func number(_ name: String, of request: Request) throws(Refusal) -> Double {
        guard let text = request.queryValue(name), !text.isEmpty else {
            throw .badRequest("\(name): missing required parameter")
        }
        // `Double.init` also takes hexadecimal digits, infinity and what is no number.
        guard text.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }), let value = Double(text),
            value.isFinite
        else { throw .badRequest("\(name): must be a number") }
        return value
    }

    private static func clamped(_ seconds: Double) -> Int { Int(min(max(seconds, -1e15), 1e15)) }
}
