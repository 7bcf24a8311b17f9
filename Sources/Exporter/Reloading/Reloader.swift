// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Logging
import Polling

/// Reloads the configuration file and the web configuration on request.
///
/// An invalid file leaves the old configuration in force. An unchanged file changes nothing.
struct Reloader: Sendable {
    /// The minimum time between two reloads, in seconds.
    ///
    /// Requests in between are combined into the next reload.
    private static let minInterval = 5.0

    /// Loads the configuration from the same source as at the start.
    let loadPlan: @Sendable () throws(ConfigurationError) -> PollingPlan

    /// Reloads the web configuration, applies it, and returns it if it has changed; `nil` without a web configuration file.
    let reloadWeb: (@Sendable () throws(ConfigurationError) -> WebConfiguration?)?

    /// The pollers to which a new configuration is applied.
    let supervisor: PollingSupervisor
    /// The publisher to which a new configuration is applied.
    let publisher: Publisher
    /// The event log to which a new configuration is applied; `nil` if nothing writes one.
    var eventLog: EventLog?
    let clock: any PollingClock
    let logger: Logger

    /// Processes requests until the task is cancelled.
    func run(_ queue: ReloadQueue) async {
        var pollingError: ConfigurationError?
        while let request = await queue.next() {
            if request.includesPolling { pollingError = reloadPolling() }
            let webError = reloadWebConfiguration()
            // After a reload of the web configuration alone, an earlier error of the other file remains.
            let errors = [pollingError, webError].compactMap(\.?.description)
            publisher.recordReload(succeeded: errors.isEmpty)
            for responder in request.responders { responder.send(Self.response(errors)) }
            try? await clock.sleep(seconds: Self.minInterval)
        }
    }

    private static func response(_ errors: [String]) -> Response {
        errors.isEmpty
            ? .text(200, "Reloaded.\n")
            : .text(
                500,
                "Not reloaded; the old configuration stays in force: \(errors.joined(separator: "\n"))\n"
            )
    }

    private func reloadPolling() -> ConfigurationError? {
        do throws(ConfigurationError) {
            let plan = try loadPlan()
            guard supervisor.apply(plan) else {
                logger.info("configuration unchanged", metadata: ["event": "configuration_unchanged"])
                return nil
            }
            publisher.apply(plan)
            eventLog?.apply(plan.configuration.eventsLog)
            logger.info(
                "configuration reloaded",
                metadata: [
                    "event": "configuration_reloaded", "accounts": "\(plan.configuration.accounts.count)",
                ]
            )
            return nil
        } catch {
            logger.error(
                "configuration not reloaded",
                metadata: ["event": "configuration_reload_failed", "error": "\(error)"]
            )
            return error
        }
    }

    private func reloadWebConfiguration() -> ConfigurationError? {
        guard let reloadWeb else { return nil }
        do throws(ConfigurationError) {
            guard let configuration = try reloadWeb() else {
                logger.info(
                    "web configuration unchanged",
                    metadata: ["event": "web_configuration_unchanged"]
                )
                return nil
            }
            logger.info(
                "web configuration reloaded",
                metadata: ["event": "web_configuration_reloaded", "web": "\(configuration.summary)"]
            )
            return nil
        } catch {
            logger.error(
                "web configuration not reloaded",
                metadata: ["event": "web_configuration_reload_failed", "error": "\(error)"]
            )
            return error
        }
    }
}
