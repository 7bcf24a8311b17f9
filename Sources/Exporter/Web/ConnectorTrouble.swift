// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling

/// Something about a connector that somebody should look at.
struct ConnectorTrouble: Sendable, Hashable {
    /// How bad it is; the raw value sorts, and names the style on the page.
    enum Severity: Int, Comparable {
        case critical = 0
        case warning = 1

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    let severity: Severity
    let text: String

    /// Everything that is wrong with a connector now, worst first.
    static func all(of view: ConnectorView, settings: FamilySettings, now: Double) -> [ConnectorTrouble] {
        var troubles: [ConnectorTrouble] = []
        let state = view.record.state
        for operation in Operation.allCases {
            let machine = state[operation]
            let name = operation.rawValue.replacing("_", with: " ")
            if machine.consecutiveFailures > 0 {
                let times = machine.consecutiveFailures == 1 ? "" : " \(machine.consecutiveFailures) times"
                troubles.append(ConnectorTrouble(severity: .critical, text: "\(name) failed\(times)"))
            }
            if let moment = machine.stuckMoment(after: settings.stuckAfter[operation]), Double(moment) <= now
            {
                troubles.append(ConnectorTrouble(severity: .critical, text: "\(name) stuck"))
            }
        }
        let stuckTunnels = state.rekeys.values.count { machine in
            machine.stuckMoment(after: settings.stuckAfter.rekey).map { Double($0) <= now } ?? false
        }
        if stuckTunnels > 0 {
            let tunnels = stuckTunnels == 1 ? "" : " on \(stuckTunnels) tunnels"
            troubles.append(ConnectorTrouble(severity: .critical, text: "rekey stuck\(tunnels)"))
        }
        if state.agent.isRunning == false {
            troubles.append(ConnectorTrouble(severity: .warning, text: "agent stopped"))
        }
        if view.pollSucceeded == false {
            troubles.append(ConnectorTrouble(severity: .warning, text: "poll failed"))
        }
        return troubles.sorted { $0.severity < $1.severity }
    }
}
