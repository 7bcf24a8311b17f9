// SPDX-License-Identifier: Apache-2.0

/// The state of a token's budget, for metrics.
package struct BudgetSnapshot: Sendable, Hashable {
    /// The number of requests that may be sent now.
    package let remaining: Int

    /// The end of the current block, in seconds since the Unix epoch; `nil` if the token is not blocked.
    package let blockedUntil: Double?

    /// Makes a snapshot.
    package init(remaining: Int, blockedUntil: Double?) {
        self.remaining = remaining
        self.blockedUntil = blockedUntil
    }
}
