// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB

/// An event of the ledger, with what is known of its payload.
package struct RecordedEvent: Sendable, Hashable {
    package let connector: ConnectorKey
    package let event: Event

    /// The URL of an upgrade; `nil` for other kinds, and until the payload was fetched.
    package let url: String?

    /// The version of the connector that recorded the event; `nil` until the payload was fetched.
    package let version: String?

    /// Whether the event was listed after an earlier complete poll had passed its time.
    package let isLate: Bool

    /// The number of the event in the order of counting, which begins at 1.
    package let position: Int

    /// Whether the payload may still be fetched.
    package let awaitsPayload: Bool

    /// The place of the event in the order of `EventHistory`.
    package let cursor: EventCursor

    /// Reads a row of `EventNames.event(at:kind:in:)`.
    init(_ cursor: EventCursor, kind: EventKind, connector: ConnectorKey, details row: Row) {
        self.connector = connector
        event = Event(id: cursor.id, kind: kind, collectedAt: row["collected"], tunnelID: row["tunnel"])
        url = row["url"]
        version = row["version"]
        isLate = row["late"]
        position = row["position"]
        awaitsPayload = row["payload"] == Schema.PayloadStatus.wanted.rawValue
        self.cursor = cursor
    }
}
