// SPDX-License-Identifier: Apache-2.0

/// The most that happened in any five minutes, to the second.
struct SlidingPeak: Sendable {
    private(set) var total = 0
    /// The most in any 300 seconds in a row.
    private(set) var peak = 0

    /// Counts of the last 300 seconds, each at its second modulo 300.
    private var seconds = [Int](repeating: 0, count: 300)
    private var newest: Int?
    private var sum = 0

    /// Counts one.
    ///
    /// - Parameter now: seconds; a time before the newest one counts as that.
    mutating func count(at now: Int) {
        let before = newest ?? now
        let second = max(now, before)
        if second - before >= 300 {
            seconds = [Int](repeating: 0, count: 300)
            sum = 0
        } else {
            for passed in stride(from: before + 1, through: second, by: 1) {
                sum -= seconds[passed % 300]
                seconds[passed % 300] = 0
            }
        }
        newest = second
        seconds[second % 300] += 1
        sum += 1
        total += 1
        peak = max(peak, sum)
    }
}
