// SPDX-License-Identifier: Apache-2.0

/// A token bucket, which gains one token per interval up to a maximum.
package struct TokenBucket: Sendable {
    private let interval: Duration
    private let burst: Int

    /// The time when the bucket is full again.
    ///
    /// Each taken token moves it on by an interval.
    private var fullAt: Duration

    /// Creates a full bucket.
    ///
    /// - Parameters:
    ///   - interval: the time per token; greater than zero.
    ///   - burst: the maximum number of tokens; at least one.
    package init(interval: Duration, burst: Int) {
        precondition(interval > .zero && burst > 0)
        self.interval = interval
        self.burst = burst
        // Earlier than any time, and far enough from overflow.
        fullAt = .seconds(Int64.min >> 1)
    }

    /// Takes one token if the bucket is not empty.
    ///
    /// - Parameter now: the time since any fixed point. It may go backwards.
    /// - Returns: `nil` if a token was taken; otherwise the time until the next token.
    package mutating func take(at now: Duration) -> Duration? {
        let base = max(fullAt, now)
        // A token is left if the bucket is full after at most `burst - 1` intervals.
        let wait = base - now - interval * (burst - 1)
        guard wait <= .zero else { return wait }
        fullAt = base + interval
        return nil
    }
}
