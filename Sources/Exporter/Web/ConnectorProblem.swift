// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling

/// Something about a connector that somebody should look at.
///
/// The severities are those of the rules in `deploy/prometheus/alerts.yml`; the rules wait before they fire, and so may
/// come later.
struct ConnectorProblem: Sendable, Hashable {
    /// How bad it is; the raw value sorts, and names the style on the page.
    enum Severity: Int, Comparable {
        case critical = 0
        case warning = 1

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    let severity: Severity
    let text: String

    /// Seconds after which a heartbeat is old.
    private static let oldHeartbeat = 1800.0

    /// Poll intervals after which a complete poll is old.
    private static let oldPoll = 3.0

    /// Finds everything that is wrong with a connector now, worst first.
    ///
    /// - Parameters:
    ///   - view: the connector.
    ///   - settings: say when something is stuck.
    ///   - pollInterval: of its account, in seconds; `nil` while that is not known.
    ///   - now: in seconds since the Unix epoch.
    /// - Returns: nothing where all is well.
    static func all(
        of view: ConnectorView,
        settings: FamilySettings,
        pollInterval: Double?,
        now: Double
    ) -> [ConnectorProblem] {
        let troubles =
            operations(view.record.state, settings, now) + rekeys(view.record.state, settings, now)
            + contact(view, pollInterval, now)
        return troubles.filter { $0.severity == .critical } + troubles.filter { $0.severity == .warning }
    }

    private static func operations(
        _ state: ConnectorState,
        _ settings: FamilySettings,
        _ now: Double
    ) -> [ConnectorProblem] {
        var troubles: [ConnectorProblem] = []
        for operation in Operation.allCases {
            let machine = state[operation]
            let name = operation.rawValue.replacing("_", with: " ")
            if machine.consecutiveFailures > 0 {
                let times = machine.consecutiveFailures == 1 ? "" : " \(machine.consecutiveFailures) times"
                let severity: Severity = operation == .attestation ? .critical : .warning
                troubles.append(ConnectorProblem(severity: severity, text: "\(name) failed\(times)"))
            }
            let moment = machine.becomesStuckAt(after: settings.stuckAfter[operation])
            if let moment, Double(moment) <= now {
                troubles.append(ConnectorProblem(severity: .warning, text: "\(name) stuck"))
            }
        }
        return troubles
    }

    private static func rekeys(
        _ state: ConnectorState,
        _ settings: FamilySettings,
        _ now: Double
    ) -> [ConnectorProblem] {
        let stuck = state.rekeys.values.count { machine in
            machine.becomesStuckAt(after: settings.stuckAfter.rekey).map { Double($0) <= now } ?? false
        }
        guard stuck > 0 else { return [] }
        let tunnels = stuck == 1 ? "" : " on \(stuck) tunnels"
        return [ConnectorProblem(severity: .critical, text: "rekey stuck\(tunnels)")]
    }

    /// Whether the connector is there, and whether what is shown of it is new.
    private static func contact(
        _ view: ConnectorView,
        _ pollInterval: Double?,
        _ now: Double
    ) -> [ConnectorProblem] {
        var troubles: [ConnectorProblem] = []
        if view.record.state.agent.isRunning == false {
            troubles.append(ConnectorProblem(severity: .critical, text: "agent stopped"))
        }
        let inventory = view.record.inventory
        if let heartbeat = inventory.lastHeartbeat, inventory.isActivated != false,
            now - heartbeat > oldHeartbeat
        {
            troubles.append(ConnectorProblem(severity: .warning, text: "no heartbeat"))
        }
        if view.pollSucceeded == false {
            troubles.append(ConnectorProblem(severity: .warning, text: "poll failed"))
        }
        if let pollInterval, let polled = view.record.lastSuccess, now - polled > oldPoll * pollInterval {
            troubles.append(ConnectorProblem(severity: .warning, text: "not fresh"))
        }
        return troubles
    }
}
