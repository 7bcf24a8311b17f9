// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Logging
import Polling

/// The routes of the pages for people, and of the API.
struct PageRoutes: Sendable {
    private let landing: LandingRoute
    private let connector: ConnectorRoute
    private let events: EventsRoute
    private let connectors: ConnectorsRoute

    /// Creates the routes.
    ///
    /// - Parameters:
    ///   - telemetryPath: the path of the metrics, for links.
    ///   - dashboardURL: the address of Grafana, for links; `nil` if it is unknown.
    ///   - storagePath: the directory of the ledger.
    ///   - clock: the clock.
    ///   - logger: the logger of failed queries.
    ///   - snapshot: returns the current fleet.
    init(
        telemetryPath: String,
        dashboardURL: String?,
        storagePath: String,
        clock: any PollingClock,
        logger: Logger,
        snapshot: @escaping @Sendable () async -> FleetSnapshot
    ) {
        let pool = QueryPool(directory: storagePath, clock: clock, logger: logger, snapshot: snapshot)
        let page = RenderedPage(clock: clock) {
            let fleet = await snapshot()
            return { LandingPage(fleet, fleet.assessed, telemetryPath: telemetryPath).response() }
        }
        landing = LandingRoute(page: page, pool: pool, telemetryPath: telemetryPath)
        connector = ConnectorRoute(
            pool: pool,
            clock: clock,
            telemetryPath: telemetryPath,
            dashboards: DashboardLinks(dashboardURL)
        )
        events = EventsRoute(pool: pool, clock: clock)
        connectors = ConnectorsRoute(pool: pool)
    }

    /// Adds the routes to a router.
    func add(to router: inout Router) {
        router.on("GET", LandingRoute.path, landing.handle)
        router.on("GET", below: ConnectorRoute.prefix, connector.handle)
        router.on("GET", EventsRoute.path, events.handle)
        router.on("GET", ConnectorsRoute.path, connectors.handle)
        for asset in PageAsset.all { router.on("GET", asset.path, asset.handle) }
    }
}
