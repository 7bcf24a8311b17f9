// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling

/// A problem of a connector, as the landing page shows it.
///
/// The severities are those of `deploy/prometheus/alerts.yml`. A rule fires later, because it waits first.
struct ConnectorProblem: Sendable, Hashable {
    /// The severity of a problem, from the most severe.
    enum Severity: Int, Comparable {
        case critical = 0
        case warning = 1

        /// The name, which is also the class of badges.
        var name: String { self == .critical ? "critical" : "warning" }

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    let severity: Severity
    let text: String

    /// The name of the alert about the problem, whose runbook describes what to do.
    let alert: String

    /// The number of failed attestations in a row that is critical.
    private static let criticalFailures = 3

    /// The maximum age of a heartbeat, in seconds.
    static let maxHeartbeatAge = 300.0

    /// The maximum age of the newest successful poll, in poll intervals.
    private static let maxPollAge = 3.0

    /// Returns the current problems of a connector, the most severe first.
    ///
    /// - Parameters:
    ///   - view: the connector.
    ///   - settings: the thresholds of stuck work.
    ///   - pollInterval: the poll interval of the account in seconds; `nil` if unknown.
    ///   - hasLivePartner: whether the other connector of its high-availability site has a recent heartbeat.
    ///   - now: the current time.
    /// - Returns: the problems; empty if there is no problem, or if the connector is deactivated.
    static func all(
        of view: ConnectorView,
        settings: FamilySettings,
        pollInterval: Double?,
        hasLivePartner: Bool,
        now: Timestamp
    ) -> [ConnectorProblem] {
        guard view.record.inventory.isActivated != false else { return [] }
        let problems =
            operations(view.record.state, settings, now) + rekeys(view.record.state, settings, now)
            + heartbeat(view, hasLivePartner, now) + polls(view, pollInterval, now)
        return problems.filter { $0.severity == .critical } + problems.filter { $0.severity == .warning }
    }

    private static func operations(
        _ state: ConnectorState,
        _ settings: FamilySettings,
        _ now: Timestamp
    ) -> [ConnectorProblem] {
        var problems: [ConnectorProblem] = []
        for operation in Operation.allCases {
            let machine = state[operation]
            if let failures = machine.consecutiveFailures, failures > 0 {
                let times = failures == 1 ? "" : " \(failures) times"
                let isCritical = operation == .attestation && failures >= criticalFailures
                problems.append(
                    ConnectorProblem(
                        severity: isCritical ? .critical : .warning,
                        text: "\(operation.words) failed\(times)",
                        alert: isCritical
                            ? "MagicConnectorAttestationFailing" : "\(operation.alertPrefix)Failed"
                    )
                )
            }
            let stuckAt = machine.becomesStuckAt(after: settings.stuckAfter[operation])
            if let stuckAt, stuckAt <= now {
                problems.append(
                    ConnectorProblem(
                        severity: .warning,
                        text: "\(operation.words) stuck",
                        alert: "\(operation.alertPrefix)Stuck"
                    )
                )
            }
        }
        return problems
    }

    private static func rekeys(
        _ state: ConnectorState,
        _ settings: FamilySettings,
        _ now: Timestamp
    ) -> [ConnectorProblem] {
        let tunnels = state.tunnels(forgettingAfter: settings.forgetTunnelsAfter, at: now)
        let stuck = tunnels.values.count { machine in
            machine.becomesStuckAt(after: settings.stuckAfter.rekey).map { $0 <= now } ?? false
        }
        guard stuck > 0 else { return [] }
        let places = stuck == 1 ? "" : " on \(stuck) tunnels"
        return [
            ConnectorProblem(
                severity: .critical,
                text: "rekey stuck\(places)",
                alert: "MagicConnectorRekeyStuck"
            )
        ]
    }

    private static func heartbeat(
        _ view: ConnectorView,
        _ hasLivePartner: Bool,
        _ now: Timestamp
    ) -> [ConnectorProblem] {
        var problems: [ConnectorProblem] = []
        if view.isOffline(at: now) {
            problems.append(
                ConnectorProblem(
                    severity: hasLivePartner ? .warning : .critical,
                    text: "offline",
                    alert: "MagicConnectorOffline"
                )
            )
        }
        if view.record.state.agent.isRunning == false {
            problems.append(
                ConnectorProblem(severity: .critical, text: "agent stopped", alert: "MagicConnectorAgentDown")
            )
        }
        return problems
    }

    private static func polls(
        _ view: ConnectorView,
        _ pollInterval: Double?,
        _ now: Timestamp
    ) -> [ConnectorProblem] {
        var problems: [ConnectorProblem] = []
        if view.pollSucceeded == false {
            problems.append(
                ConnectorProblem(severity: .warning, text: "poll failed", alert: "MagicConnectorPollFailing")
            )
        }
        if let pollInterval, let polled = view.record.lastSuccess,
            now - polled > maxPollAge * pollInterval
        {
            problems.append(
                ConnectorProblem(
                    severity: .warning,
                    text: "data not fresh",
                    alert: "MagicConnectorDataNotFresh"
                )
            )
        }
        return problems
    }
}

extension ConnectorView {
    /// Returns whether the list of connectors shows an old heartbeat.
    func isOffline(at now: Timestamp) -> Bool {
        guard record.missing == 0, let heartbeat = record.inventory.lastHeartbeat else { return false }
        return now - heartbeat > ConnectorProblem.maxHeartbeatAge
    }
}

extension ConnectorProblem {
    /// The address of the runbook.
    var runbook: String { "\(BuildInfo.runbooks)\(alert).md" }
}

extension Operation {
    /// The name in words.
    var words: String { rawValue.replacing("_", with: " ") }

    /// The beginning of the names of the alerts about the operation.
    fileprivate var alertPrefix: String {
        switch self {
        case .attestation: "MagicConnectorAttestation"
        case .cryptKeyRotation: "MagicConnectorCryptKeyRotation"
        case .pkiRotation: "MagicConnectorPkiRotation"
        case .upgrade: "MagicConnectorUpgrade"
        }
    }
}
