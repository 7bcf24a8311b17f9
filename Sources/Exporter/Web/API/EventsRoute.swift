// SPDX-License-Identifier: Apache-2.0

import EventLedger
import HTTPEndpoint
import Polling

/// `/api/v1/events`: the recorded events as JSON, in pages, oldest first.
struct EventsRoute: Sendable {
    static let path = "/api/v1/events"
    static let parameters = ["connector", "account", "kind", "since", "until", "limit", "cursor"]

    let pool: QueryPool
    let clock: any PollingClock

    /// Responds with a page of events.
    func handle(_ request: Request, _ responder: Responder) {
        do throws(QueryError) {
            let parameters = try QueryParameters(strictly: request, names: Self.parameters)
            let connectors = try ConnectorQuery(parameters)
            let limit = try parameters.pageLimit
            // The times are read once, so that a page does not depend on how long its query waits.
            let events = try EventSelection(parameters, now: clock.now())
            let encoding = ContentEncoding(request)
            pool.respond(responder, failure: Response.apiError) { context throws(LedgerError) in
                let history = try context.history()
                let page = try history.events(
                    matching: events.filter(connectors: connectors.keys(in: context)),
                    after: events.cursor,
                    limit: limit,
                    isCancelled: context.isCancelled
                )
                let next = page.next.map { "\($0)" }
                let inventories = try context.inventories(of: page.events)
                let lines = page.events.map { EventLine($0, of: inventories[$0.connector]) }
                return .api(
                    lines,
                    named: "events",
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
}
