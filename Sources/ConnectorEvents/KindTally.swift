// SPDX-License-Identifier: Apache-2.0

/// How many events of one kind there were, and the newest of them.
package struct KindTally: Sendable, Hashable {
    package var count: Int

    /// The newest `t`, in seconds since the Unix epoch.
    package var newest: Int

    package init(count: Int, newest: Int) {
        self.count = count
        self.newest = newest
    }

    /// Counts one more event.
    package mutating func add(_ id: EventID) {
        count += 1
        newest = max(newest, id.t)
    }
}
