// SPDX-License-Identifier: Apache-2.0

/// The largest number of open connections since freed memory was last returned to the kernel.
struct ConnectionPeak {
    /// A smaller peak leaves too little memory to return.
    static let minimum = 100

    /// The minimum time between two returns, because a return takes milliseconds.
    static let pause = Duration.seconds(10)

    private var peak = 0
    private var next: ContinuousClock.Instant?

    /// Records the number of open connections.
    ///
    /// - Returns: whether nine in ten connections of the peak have closed, so that memory is worth returning.
    mutating func hasSubsided(to open: Int, at now: ContinuousClock.Instant) -> Bool {
        peak = max(peak, open)
        guard peak >= Self.minimum, open * 10 <= peak, now >= next ?? now else { return false }
        peak = open
        next = now + Self.pause
        return true
    }
}
