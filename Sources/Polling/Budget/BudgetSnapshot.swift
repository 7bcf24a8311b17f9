// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// The state of a token's budget, for metrics.
package struct BudgetSnapshot: Sendable, Hashable {
    /// The number of requests that may be sent now.
    package let remaining: Int

    /// The end of the current block; `nil` if the token is not blocked.
    package let blockedUntil: Timestamp?

    /// Makes a snapshot.
    package init(remaining: Int, blockedUntil: Timestamp?) {
        self.remaining = remaining
        self.blockedUntil = blockedUntil
    }
}
