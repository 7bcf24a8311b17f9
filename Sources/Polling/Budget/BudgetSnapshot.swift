// SPDX-License-Identifier: Apache-2.0

/// How a token's budget stands, for the metrics.
package struct BudgetSnapshot: Sendable, Hashable {
    /// Requests that may be sent at once.
    package let remaining: Int

    /// Until when a 429 is in force, in seconds since the Unix epoch; `nil` where none is.
    package let silencedUntil: Double?

    package init(remaining: Int, silencedUntil: Double?) {
        self.remaining = remaining
        self.silencedUntil = silencedUntil
    }
}
