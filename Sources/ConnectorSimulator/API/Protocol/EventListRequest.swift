// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import HTTPEndpoint

/// The parsed query of a request for a list of events.
struct EventListRequest: Sendable {
    let query: EventQuery
    let cursor: Cursor?

    /// Parses the query of a request.
    ///
    /// - Parameters:
    ///   - request: a request for a list of events.
    ///   - defaultLimit: the page size if the request has no `limit`.
    ///   - maximumLimit: the maximum page size.
    /// - Throws: the error that the API responds with if a parameter is invalid.
    init(_ request: Request, defaultLimit: Int, maximumLimit: Int) throws(APIError) {
        let from = try Self.number("from", of: request).rounded(.up)
        let to = try Self.number("to", of: request).rounded(.down)
        let limit = try Self.limit(request.queryValue("limit")) ?? defaultLimit
        cursor = try Self.cursor(request.queryValue("cursor"))
        // Some clients send an empty `k` if they have no filter.
        let kind = request.queryValue("k").flatMap { $0.isEmpty ? nil : EventKind(rawValue: $0) }
        query = EventQuery(
            from: Self.clamped(from),
            to: Self.clamped(to),
            kind: kind,
            after: cursor?.after,
            limit: min(limit, maximumLimit)
        )
    }

    private static func cursor(_ text: String?) throws(APIError) -> Cursor? {
        guard let text, !text.isEmpty else { return nil }
        guard let cursor = Cursor(text) else { throw .badRequest("cursor: invalid") }
        return cursor
    }

    private static func limit(_ text: String?) throws(APIError) -> Int? {
        guard let text else { return nil }
        guard let value = Int(text), value > 0 else { throw .badRequest("limit: must be a positive number") }
        return value
    }

    private static func number(_ name: String, of request: Request) throws(APIError) -> Double {
        guard let text = request.queryValue(name), !text.isEmpty else {
            throw .badRequest("\(name): missing required parameter")
        }
        // `Double.init` also accepts hexadecimal digits, infinity and NaN.
        guard text.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }), let value = Double(text),
            value.isFinite
        else { throw .badRequest("\(name): must be a number") }
        return value
    }

    private static func clamped(_ seconds: Double) -> Int { Int(min(max(seconds, -1e15), 1e15)) }
}
