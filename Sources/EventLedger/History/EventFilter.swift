// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// A selection of events.
package struct EventFilter: Sendable {
    /// The only connectors; `nil` for all.
    package var connectors: Set<ConnectorKey>?

    /// Returns whether a kind is selected.
    package var selects: @Sendable (EventKind) -> Bool

    /// The recording time of the oldest events; `nil` for no limit.
    package var since: Timestamp?

    /// The recording time of the newest events; `nil` for no limit.
    package var until: Timestamp?

    /// Creates a selection of events of all kinds.
    package init(
        connectors: Set<ConnectorKey>? = nil,
        since: Timestamp? = nil,
        until: Timestamp? = nil,
        selects: @escaping @Sendable (EventKind) -> Bool = { _ in true }
    ) {
        self.connectors = connectors
        self.since = since
        self.until = until
        self.selects = selects
    }

    /// Returns whether an event is selected.
    package func selects(_ event: RecordedEvent) -> Bool {
        let time = event.event.id.time
        return connectors?.contains(event.connector) != false && selects(event.event.kind)
            && since.map { $0 <= time } != false && until.map { time <= $0 } != false
    }
}
