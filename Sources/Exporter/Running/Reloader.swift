// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Logging

/// Loads the configuration and the web configuration again when it is asked to; a bad one leaves the old one in force.
struct Reloader: Sendable {
    let desk: ReloadQueue
    let load: @Sendable () throws(ConfigurationError) -> PollingPlan
    let supervisor: PollingSupervisor

    /// `nil` where there is no web configuration file.
    let web: SecuredEndpoint?
    let publisher: Publisher
    let logger: Logger

    /// Reloads until the task is cancelled.
    func run() async {
        var pollingError: ConfigurationError?
        var webError: ConfigurationError?
        while let request = await desk.next() {
            if request.isWhole { pollingError = reloadPolling() }
            webError = reloadWeb()
            // A certificate that was mended does not mend the other file.
            publisher.recordReload(succeeded: pollingError == nil && webError == nil)
            let errors = [pollingError, webError].compactMap(\.?.description).joined(separator: "\n")
            let response: Response =
                errors.isEmpty
                ? .text(200, "Reloaded.\n")
                : .text(500, "Not reloaded, the old configuration stays in force: \(errors)\n")
            for responder in request.responders { responder.send(response) }
        }
    }

    private func reloadPolling() -> ConfigurationError? {
        do throws(ConfigurationError) {
            let plan = try load()
            supervisor.change(to: plan)
            publisher.reconfigure(plan.familySettings, selecting: plan.selects)
            logger.info(
                "configuration reloaded",
                metadata: ["accounts": "\(plan.configuration.accounts.count)"]
            )
            return nil
        } catch {
            logger.error("configuration not reloaded", metadata: ["error": "\(error)"])
            return error
        }
    }

    private func reloadWeb() -> ConfigurationError? {
        guard let web else { return nil }
        do throws(ConfigurationError) {
            let configuration = try web.reload()
            logger.info("web configuration reloaded", metadata: ["web": "\(configuration.summary)"])
            return nil
        } catch {
            logger.error("web configuration not reloaded", metadata: ["error": "\(error)"])
            return error
        }
    }
}
