// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import HTTPEndpoint
import Polling

/// `/connectors/ACCOUNT/CONNECTOR`: the page of one connector.
struct ConnectorRoute: Sendable {
    static let prefix = "/connectors/"

    /// The number of events of one page.
    private static let pageSize = 100

    let pool: QueryPool
    let clock: any PollingClock
    let telemetryPath: String
    let dashboards: DashboardLinks?

    /// Responds with the page, or with 404 if discovery does not list the connector.
    func handle(_ request: Request, _ responder: Responder) {
        let name = request.path.dropFirst(Self.prefix.count)
        let parameters = QueryParameters(leniently: request)
        let form = EventForm(parameters, now: clock.now())
        let encoding = ContentEncoding(request)
        pool.respond(responder, failure: Response.text) {
            [telemetryPath, dashboards] context throws(LedgerError) in
            guard let connector = context.fleet.connector(at: name) else {
                return notFound(String(name), encoding)
            }
            return ConnectorPage(
                connector: connector,
                partners: context.fleet.partners(of: connector),
                fleet: context.fleet.snapshot,
                operations: try OperationStatus.all(of: connector, context),
                events: try EventSection(connector.key, form, pageSize: Self.pageSize, context),
                telemetryPath: telemetryPath,
                dashboards: dashboards
            )
            .response(encoding)
        }
    }

    private func notFound(_ name: String, _ encoding: ContentEncoding) -> Response {
        PageLayout(title: "Unknown connector", telemetryPath: telemetryPath).response(
            404,
            encoding,
            """
            <h1>Unknown connector</h1>
            <p>No account lists <code>\(PageText.name(name, limit: 128))</code>. The address may be wrong, or the connector was removed.</p>
            <p><a href="/">All connectors</a></p>
            """
        )
    }
}
