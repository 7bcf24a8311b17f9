// SPDX-License-Identifier: Apache-2.0

/// The most that happened in any window, five minutes unless told, to the second.
struct SlidingPeak: Sendable {
    private(set) var total = 0
    /// The most in any window.
    private(set) var peak = 0

    /// In seconds, at least 1.
    let window: Int

    /// Counts of the last window's seconds, each at its second modulo the window.
    private var seconds: [Int]
    private var newest: Int?
    private var sum = 0

    init(window: Int = 300) {
        self.window = window
        seconds = [Int](repeating: 0, count: window)
    }

    /// Counts one.
    ///
    /// - Parameter now: seconds; a time before the newest one counts as that.
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
