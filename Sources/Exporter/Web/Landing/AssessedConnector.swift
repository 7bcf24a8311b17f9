// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling

/// A connector with its current problems.
struct AssessedConnector: Sendable {
    let view: ConnectorView

    /// The problems, the most severe first.
    let problems: [ConnectorProblem]

    var state: ConnectorSummary.State {
        switch problems.first?.severity {
        case .critical: return .critical
        case .warning: return .warning
        case nil: break
        }
        if view.record.inventory.isActivated == false { return .deactivated }
        return view.record.watermark == nil ? .unknown : .healthy
    }
}

extension FleetSnapshot {
    /// The connectors with their problems, in no particular order.
    var assessed: [AssessedConnector] {
        let aliveSites = Set(
            connectors.lazy.filter { !$0.isOffline(at: now) }
                .compactMap(\.record.inventory.site).filter(\.isHighAvailability).map(\.id)
        )
        let intervals = Dictionary(accounts.map { ($0.account, $0.pollInterval) }) { $1 }
        return connectors.map { view in
            AssessedConnector(
                view: view,
                problems: ConnectorProblem.all(
                    of: view,
                    settings: settings,
                    pollInterval: intervals[view.record.key.account],
                    hasLivePartner: view.record.inventory.site.map { aliveSites.contains($0.id) } ?? false,
                    now: now
                )
            )
        }
    }
}
