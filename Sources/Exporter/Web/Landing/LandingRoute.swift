// SPDX-License-Identifier: Apache-2.0

import EventLedger
import HTTPEndpoint

/// `/`: the landing page.
///
/// The page without a filter is rendered once for all clients. A page with a filter is a query.
struct LandingRoute: Sendable {
    static let path = "/"

    let page: RenderedPage
    let pool: QueryPool
    let telemetryPath: String

    /// Responds with the page.
    func handle(_ request: Request, _ responder: Responder) {
        let parameters = QueryParameters(leniently: request)
        guard LandingFilter.applies(to: parameters) else { return page.respond(responder) }
        let encoding = ContentEncoding(request)
        pool.respond(responder, failure: Response.text) { [telemetryPath] context throws(LedgerError) in
            LandingPage(
                context.fleet.snapshot,
                context.fleet.connectors,
                telemetryPath: telemetryPath,
                filter: LandingFilter(parameters)
            )
            .response(encoding)
        }
    }
}
