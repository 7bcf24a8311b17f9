// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Logging
import Polling

/// The routes of the pages for people, and of the API.
struct PageRoutes: Sendable {
    private let landingPage: RenderedPage
    private let events: EventsRoute
    private let connectors: ConnectorsRoute

    /// Creates the routes.
    ///
    /// - Parameters:
    ///   - telemetryPath: the path of the metrics, for links.
    ///   - storagePath: the directory of the ledger.
    ///   - clock: the clock.
    ///   - logger: the logger of failed queries.
    ///   - snapshot: returns the current fleet.
    init(
        telemetryPath: String,
        storagePath: String,
        clock: any PollingClock,
        logger: Logger,
        snapshot: @escaping @Sendable () async -> FleetSnapshot
    ) {
        let pool = QueryPool(directory: storagePath, clock: clock, logger: logger, snapshot: snapshot)
        landingPage = RenderedPage(clock: clock) {
            let fleet = await snapshot()
            return { LandingPage(fleet, telemetryPath: telemetryPath).response }
        }
        events = EventsRoute(pool: pool, clock: clock)
        connectors = ConnectorsRoute(pool: pool)
    }

    /// Adds the routes to a router.
    func add(to router: inout Router) {
        router.on("GET", "/") { [landingPage] _, responder in landingPage.respond(responder) }
        router.on("GET", EventsRoute.path, events.handle)
        router.on("GET", ConnectorsRoute.path, connectors.handle)
    }
}
