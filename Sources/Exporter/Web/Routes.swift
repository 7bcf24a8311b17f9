// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint

/// The routes of the endpoint.
struct Routes: Sendable {
    /// The path of `metrics`.
    let telemetryPath: String
    let metrics: MetricsRoute
    /// The pages for people, and the API.
    let pages: PageRoutes
    /// The source of `/-/healthy` and `/-/ready`.
    let health: any HealthSource
    /// The receiver of `/-/reload`.
    let reloads: ReloadQueue
    /// Whether `/-/reload` is enabled.
    let isLifecycleEnabled: Bool

    var handler: Handler {
        var router = Router()
        router.on("GET", "/-/healthy") { [health] _, responder in
            responder.send(
                health.isHealthy
                    ? .text(200, "Healthy.\n")
                    : .text(503, "Not healthy: polling has stopped. See the log.\n")
            )
        }
        router.on("GET", "/-/ready") { [health] _, responder in
            responder.send(
                health.isReady
                    ? .text(200, "Ready.\n") : .text(503, "Not ready: the first polls are not complete.\n")
            )
        }
        for method in ["POST", "PUT"] { router.on(method, "/-/reload", reload) }
        pages.add(to: &router)
        // The telemetry path may be that of a page, for example `/`, and takes precedence.
        router.on("GET", telemetryPath, metrics.handle)
        return router.handler
    }

    private func reload(_ request: Request, _ responder: Responder) {
        guard isLifecycleEnabled else {
            return responder.send(
                .text(403, "Reloads by HTTP are not enabled; use --web.enable-lifecycle, or send SIGHUP.\n")
            )
        }
        guard !request.isCrossSite else {
            return responder.send(.text(403, "A page of another site cannot reload the configuration.\n"))
        }
        reloads.requestReload(responder)
    }
}
