// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Logging

/// Loads the configuration again when it is asked to; a bad one leaves the old one in force.
struct Reloader: Sendable {
    let desk: ReloadDesk
    let load: @Sendable () throws(ConfigurationError) -> PollingPlan
    let supervisor: PollingSupervisor
    let publisher: Publisher
    let logger: Logger

    /// Reloads until the task is cancelled.
    func run() async {
        while let responders = await desk.next() {
            let response = reload()
            for responder in responders { responder.send(response) }
        }
    }

    private func reload() -> Response {
        do throws(ConfigurationError) {
            let plan = try load()
            supervisor.change(to: plan)
            publisher.reconfigure(plan.familySettings, selecting: plan.selects)
            publisher.noteReload(succeeded: true)
            logger.info(
                "configuration reloaded",
                metadata: ["accounts": "\(plan.configuration.accounts.count)"]
            )
            return .text(200, "Reloaded.\n")
        } catch {
            publisher.noteReload(succeeded: false)
            logger.error("configuration not reloaded", metadata: ["error": "\(error)"])
            return .text(500, "Not reloaded, the old configuration stays in force: \(error)\n")
        }
    }
}
