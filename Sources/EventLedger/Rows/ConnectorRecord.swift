// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// A snapshot of the ledger's data of one connector.
package struct ConnectorRecord: Sendable {
    package let key: ConnectorKey

    /// The row id in table `connector`.
    let row: Int64

    package internal(set) var inventory: Connector

    /// Whether discovery lists the connector, or has missed it too few times to remove it.
    package internal(set) var isPresent = true

    /// Consecutive successful discoveries without the connector.
    package internal(set) var missing = 0

    /// The start of the ledger's scope; `nil` before the first poll.
    ///
    /// Events before it are not counted: they are older than the configured history, or were counted and deleted.
    package internal(set) var scopeStart: Timestamp?

    /// The recording time of the oldest events that the ledger may still contain; `nil` before the first poll.
    package internal(set) var keptSince: Timestamp?

    /// The first scope start, at which all counts were 0; `nil` before the first poll.
    package internal(set) var countedSince: Timestamp?

    /// The end of the last complete window; `nil` before the first.
    package internal(set) var watermark: Timestamp?

    /// The end of the last complete rescan.
    package internal(set) var rescannedAt: Timestamp?

    /// The time of the last complete poll.
    package internal(set) var lastSuccess: Timestamp?

    /// Whether every payload of the history was fetched, so that the counters of tunnels are complete.
    package internal(set) var hasAllPayloads = false

    package internal(set) var tallies: [EventKind: KindTally] = [:]
    package internal(set) var state = ConnectorState()

    /// The number of `Init` events without a `Leave` before them.
    ///
    /// It never decreases.
    package internal(set) var uncleanRestarts = 0

    /// The number of events whose payload was not fetched yet.
    package internal(set) var wantedPayloads = 0

    /// Events since the state was last updated; `nil` if the state must be recomputed from the database.
    var pending: [EventID: Event]? = [:]

    /// Counted events that only `latest` has returned so far, without a collection time.
    var awaitingCollectionTime: Set<EventID> = []

    /// Distinguishes lost events from old ones.
    var lostEvents = LostEventTracker()

    init(key: ConnectorKey, row: Int64, inventory: Connector) {
        self.key = key
        self.row = row
        self.inventory = inventory
    }
}
