// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import HTTPEndpoint

/// `/api/v1/connectors`: the connectors as JSON, in pages, sorted by key.
struct ConnectorsRoute: Sendable {
    static let path = "/api/v1/connectors"
    static let parameters = ["connector", "account", "state", "q", "limit", "cursor"]

    let pool: QueryPool

    /// Responds with a page of connectors.
    func handle(_ request: Request, _ responder: Responder) {
        do throws(QueryError) {
            let parameters = try QueryParameters(strictly: request, names: Self.parameters)
            let selection = try ConnectorQuery(parameters)
            let limit = try parameters.pageLimit
            let cursor = try parameters["cursor"].map(Self.key)
            let encoding = ContentEncoding(request)
            pool.respond(responder, failure: Response.apiError) { context throws(LedgerError) in
                let following = context.fleet.connectors.lazy.filter { connector in
                    (cursor.map { $0 < connector.key } ?? true) && selection.selects(connector)
                }
                let page = Array(following.prefix(limit + 1))
                let next = page.count > limit ? page[limit - 1].key.description : nil
                return .api(
                    page.prefix(limit).map(ConnectorSummary.init),
                    named: "connectors",
                    next: next,
                    path: Self.path,
                    parameters,
                    encoding,
                    isCancelled: context.isCancelled
                )
            }
        } catch {
            responder.send(.apiError(400, error.description))
        }
    }

    /// Reads a cursor, which is the key of the last connector of the page before.
    private static func key(_ cursor: String) throws(QueryError) -> ConnectorKey {
        let parts = cursor.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw QueryError("cursor: not a cursor; use the value of \"next\" of the page before")
        }
        return ConnectorKey(account: String(parts[0]), connector: String(parts[1]))
    }
}
