// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
package import EventLedger
import FoundationEssentials
import WireText

/// An event as the event log, the API and `events --json` write it: one JSON object on one line.
///
/// Fields that are not known are absent.
package struct EventLine: Sendable, Hashable, Encodable {
    /// `t.n`, the identity within the connector.
    package let id: String
    package let accountID: String
    package let connectorID: String
    package let serialNumber: String?
    package let siteName: String?

    /// `t` in RFC 3339.
    package let time: String

    /// When the connector recorded the event, in seconds since the Unix epoch.
    package let t: Int

    /// The position among events with the same `t`.
    package let n: Int

    /// When Cloudflare collected the event, in seconds since the Unix epoch.
    package let a: Double?
    package let kind: String
    package let tunnelID: String?
    package let url: String?
    package let version: String?

    /// Whether the event was listed after an earlier complete poll had passed its time.
    package let late: Bool

    /// Creates the line of an event.
    ///
    /// - Parameters:
    ///   - recorded: the event.
    ///   - inventory: the connector's properties; `nil` if they are unknown.
    package init(_ recorded: RecordedEvent, of inventory: Connector?) {
        let event = recorded.event
        id = event.id.description
        accountID = recorded.connector.account
        connectorID = recorded.connector.connector
        serialNumber = inventory?.serialNumber
        siteName = inventory?.site?.name
        time = CivilTime(secondsSinceEpoch: event.id.t).rfc3339
        t = event.id.t
        n = event.id.n
        a = event.collectedAt?.seconds
        kind = event.kind.rawValue
        tunnelID = event.tunnelID
        url = recorded.url
        version = recorded.version
        late = recorded.isLate
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case accountID = "account_id"
        case connectorID = "connector_id"
        case serialNumber = "serial_number"
        case siteName = "site_name"
        case time, t, n, a, kind
        case tunnelID = "tunnel_id"
        case url, version, late
    }
}
