// SPDX-License-Identifier: Apache-2.0

/// What a token has spent of its request budget, as it is kept across a restart.
package struct BudgetRecord: Sendable, Hashable, Codable {
    /// Requests that were sent, or may be, at some moment or earlier.
    package struct Spent: Sendable, Hashable, Codable {
        /// In uptime.
        package var by: Double
        package var count: Int

        package init(by: Double, count: Int) {
            self.by = by
            self.count = count
        }
    }

    /// Names what uptime counts from; uptimes of different epochs have nothing to do with each other.
    package var epoch: String

    /// When this was written, in uptime.
    package var uptime: Double

    /// The same in seconds since the Unix epoch.
    package var time: Double

    /// The requests of the last window, oldest first, and those that may still be sent under this record.
    package var spent: [Spent]

    /// Until when nothing may be sent, in uptime; `nil` where something may.
    package var silencedUntil: Double?

    package init(epoch: String, uptime: Double, time: Double, spent: [Spent], silencedUntil: Double?) {
        self.epoch = epoch
        self.uptime = uptime
        self.time = time
        self.spent = spent
        self.silencedUntil = silencedUntil
    }
}
