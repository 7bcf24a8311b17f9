// SPDX-License-Identifier: Apache-2.0

/// The number of events of one kind, and the time of the newest.
package struct KindTally: Sendable, Hashable {
    package var count: Int

    /// The time at which the connector recorded the newest event.
    package var newest: Timestamp

    package init(count: Int, newest: Timestamp) {
        self.count = count
        self.newest = newest
    }

    /// Counts one more event.
    package mutating func add(_ id: EventID) {
        count += 1
        newest = max(newest, id.time)
    }
}
