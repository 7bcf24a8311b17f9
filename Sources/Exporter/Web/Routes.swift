// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint

/// What the endpoint answers, path by path.
struct Routes: Sendable {
    let telemetryPath: String
    let metrics: MetricsRoute
    let publisher: Publisher
    let health: any HealthSource
    let reload: ReloadQueue

    /// The routes as one handler.
    var handler: Handler {
        var router = Router()
        router.on("GET", telemetryPath, metrics.handle)
        router.on("GET", "/-/healthy") { [health] _, responder in
            let isHealthy = health.isHealthy
            responder.send(
                .text(isHealthy ? 200 : 503, isHealthy ? "Healthy.\n" : "Polling has stopped: see the log.\n")
            )
        }
        router.on("GET", "/-/ready") { [health] _, responder in
            let isReady = health.isReady
            responder.send(
                .text(
                    isReady ? 200 : 503,
                    isReady ? "Ready.\n" : "Not ready: the first round of polls is under way.\n"
                )
            )
        }
        router.on("POST", "/-/reload") { [reload] _, responder in reload.ask(responder) }
        if telemetryPath != "/" {
            router.on("GET", "/") { [publisher, telemetryPath] _, responder in
                Task {
                    let fleet = await publisher.fleetSnapshot()
                    responder.send(LandingPage(fleet, telemetryPath: telemetryPath).response)
                }
            }
        }
        return router.handler
    }
}
