// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling
import WireText

/// A connector as the API and `connectors --json` write it.
///
/// Fields that are not known are absent.
package struct ConnectorSummary: Sendable, Hashable, Encodable {
    /// The most severe condition.
    package enum State: String, Sendable, Hashable, Encodable, CaseIterable {
        case critical
        case warning
        case healthy
        case deactivated
        /// No poll has completed yet.
        case unknown
    }

    package let accountID: String
    package let connectorID: String
    package let serialNumber: String?
    package let deviceID: String?
    package let deviceType: String?
    package let version: String?
    package let siteID: String?
    package let siteName: String?

    /// `primary` or `secondary`.
    package let role: String?

    package let state: State

    /// The problems, the most severe first.
    package let problems: [String]

    /// When Cloudflare last heard from the connector, in RFC 3339.
    package let lastHeartbeat: String?

    /// When the newest complete poll ended, in RFC 3339.
    package let lastPoll: String?

    /// When the connector recorded its newest event, in RFC 3339.
    package let lastEvent: String?

    /// The number of counted events.
    package let events: Int

    init(_ connector: AssessedConnector) {
        let record = connector.view.record
        let inventory = record.inventory
        accountID = record.key.account
        connectorID = record.key.connector
        serialNumber = inventory.serialNumber
        deviceID = inventory.deviceID
        deviceType = inventory.deviceType
        version = inventory.version
        siteID = inventory.site?.id
        siteName = inventory.site?.name
        role = inventory.site?.role.rawValue
        state = connector.state
        problems = connector.problems.map(\.text)
        lastHeartbeat = inventory.lastHeartbeat.map(Self.text)
        lastPoll = record.lastSuccess.map(Self.text)
        lastEvent = record.tallies.values.map(\.newest).max().map(Self.text)
        events = record.tallies.values.reduce(0) { $0 + $1.count }
    }

    private static func text(_ time: Timestamp) -> String {
        CivilTime(secondsSinceEpoch: time.wholeSeconds).rfc3339
    }

    private enum CodingKeys: String, CodingKey {
        case accountID = "account_id"
        case connectorID = "connector_id"
        case serialNumber = "serial_number"
        case deviceID = "device_id"
        case deviceType = "device_type"
        case version
        case siteID = "site_id"
        case siteName = "site_name"
        case role, state, problems
        case lastHeartbeat = "last_heartbeat"
        case lastPoll = "last_poll"
        case lastEvent = "last_event"
        case events
    }
}
