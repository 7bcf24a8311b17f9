// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling

extension AssessedConnector {
    /// The name for people: the serial number, or the id.
    var name: String { PageText.name(view.record.inventory.serialNumber ?? view.record.key.connector) }

    /// The state as a badge.
    var badge: HTML {
        switch state {
        case .critical, .warning: "<span class=\"badge \(state.rawValue)\">\(state.rawValue)</span>"
        case .healthy: "<span class=\"badge good\">healthy</span>"
        case .deactivated: "<span class=\"badge\">deactivated</span>"
        case .unknown: "<span class=\"badge\">not polled yet</span>"
        }
    }
}
