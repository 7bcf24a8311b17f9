// SPDX-License-Identifier: Apache-2.0

/// A counter, and its maximum in any window, to the second.
struct SlidingPeak: Sendable {
    private(set) var total = 0
    /// The maximum count in any window.
    private(set) var peak = 0

    /// The length of the window, in seconds, at least 1.
    let window: Int

    /// The counts of the last window's seconds; the index is the second modulo the window.
    private var seconds: [Int]
    private var newest: Int?
    private var sum = 0

    init(window: Int = 300) {
        self.window = window
        seconds = [Int](repeating: 0, count: window)
    }

    /// Increments the counter.
    ///
    /// - Parameter now: seconds; an earlier time than that of the last call counts as that time.
    mutating func count(at now: Int) {
        let before = newest ?? now
        let second = max(now, before)
        if second - before >= window {
            seconds = [Int](repeating: 0, count: window)
            sum = 0
        } else {
            for passed in stride(from: before + 1, through: second, by: 1) {
                sum -= seconds[passed % window]
                seconds[passed % window] = 0
            }
        }
        newest = second
        seconds[second % window] += 1
        sum += 1
        total += 1
        peak = max(peak, sum)
    }
}
