// SPDX-License-Identifier: Apache-2.0

/// How many requests may be answered: one more per interval, and never more at once than fit into the bucket.
package struct TokenBucket: Sendable {
    private let interval: Duration
    private let burst: Int

    /// When the bucket is full again; what is taken moves it on by an interval.
    private var fullAt: Duration

    /// Makes a full bucket.
    ///
    /// - Parameters:
    ///   - interval: until one more may be taken; longer than nothing.
    ///   - burst: how many fit; at least one.
    package init(interval: Duration, burst: Int) {
        precondition(interval > .zero && burst > 0)
        self.interval = interval
        self.burst = burst
        // Earlier than any time, without an overflow.
        fullAt = .seconds(Int64.min >> 1)
    }

    /// Takes one.
    ///
    /// - Parameter now: since any fixed moment; a time before an earlier one is taken for that one.
    /// - Returns: `nil` where there was one; else how long it takes until there is.
    package mutating func take(at now: Duration) -> Duration? {
        let base = max(fullAt, now)
        // One interval is left in the bucket for each request that fits: the wait begins where they are used up.
        let wait = base - now - interval * (burst - 1)
        guard wait <= .zero else { return wait }
        fullAt = base + interval
        return nil
    }
}
