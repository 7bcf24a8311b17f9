// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// The stored request budget of a token.
package struct BudgetRecord: Sendable, Hashable, Codable {
    /// Requests that were sent, or may be sent, until some time.
    package struct Spent: Sendable, Hashable, Codable {
        /// The uptime in seconds.
        package var by: Double
        package var count: Int

        package init(by: Double, count: Int) {
            self.by = by
            self.count = count
        }
    }

    /// The boot id.
    ///
    /// Uptimes of different boots are not comparable.
    package var epoch: String

    /// The uptime at which the record was written, in seconds.
    package var uptime: Double

    /// The time at which the record was written.
    package var time: Timestamp

    /// The requests of the last window, oldest first, and those that the lease permits.
    package var spent: [Spent]

    /// The uptime until which the token is blocked, in seconds; `nil` if it is not.
    package var silencedUntil: Double?

    package init(epoch: String, uptime: Double, time: Timestamp, spent: [Spent], silencedUntil: Double?) {
        self.epoch = epoch
        self.uptime = uptime
        self.time = time
        self.spent = spent
        self.silencedUntil = silencedUntil
    }
}
