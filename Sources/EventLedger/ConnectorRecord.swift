// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// All that the ledger knows of one connector, at one moment.
package struct ConnectorRecord: Sendable {
    package let key: ConnectorKey

    /// The row that it is kept in.
    let row: Int64

    package internal(set) var inventory: Connector

    /// Whether discovery shows it, or has not been asked often enough to be sure that it is gone.
    package internal(set) var isPresent = true

    /// Successful discoveries in a row that did not show it.
    var missing = 0

    /// Where the ledger's scope begins, in seconds since the Unix epoch; `nil` before the first poll.
    ///
    /// An event recorded earlier is not counted: it is older than the history that was asked for, or it was
    /// counted long ago and its identity is forgotten.
    package internal(set) var scopeStart: Int?

    /// When its counts were 0: the first floor, which never moves; `nil` before the first poll.
    package internal(set) var countedSince: Int?

    /// The end of the last complete window, in seconds since the Unix epoch; `nil` before the first.
    package internal(set) var watermark: Int?

    /// Up to when the last complete rescan was complete, in seconds since the Unix epoch.
    package internal(set) var rescannedAt: Double?

    /// When the last complete poll was, in seconds since the Unix epoch.
    package internal(set) var lastSuccess: Double?

    /// Whether the history's payloads have all arrived, so that tunnel counters hold the whole history.
    package internal(set) var hasAllPayloads = false

    package internal(set) var tallies: [EventKind: KindTally] = [:]
    package internal(set) var state = ConnectorState()

    /// Starts of the agent with no stop before them; each `Init` is counted at most once and never taken
    /// back.
    package internal(set) var uncleanRestarts = 0

    /// Events whose payload is still to be fetched.
    package internal(set) var wantedPayloads = 0

    /// What arrived since the state was last settled; `nil` where it must be folded again from the ledger.
    var pending: [EventID: Event]? = [:]

    /// Counted events that only `latest` has shown so far: the list still has to say when they were collected.
    var awaitingCollectionTime: Set<EventID> = []

    /// What of this connector could not be counted, and need not be reported again.
    var lostEvents = LostEventTracker()

    init(key: ConnectorKey, row: Int64, inventory: Connector) {
        self.key = key
        self.row = row
        self.inventory = inventory
    }
}
