// SPDX-License-Identifier: Apache-2.0

/// A histogram of durations.
package struct DurationHistogram: Sendable, Hashable {
    /// The upper bounds of the buckets in seconds, ascending.
    ///
    /// One more bucket counts longer durations.
    package let bounds: [Double]

    /// The count of each bucket, not cumulative.
    ///
    /// Its last element counts durations above all bounds.
    package private(set) var counts: [Int]

    /// The sum of all durations, in seconds.
    package private(set) var sum: Double

    /// Creates an empty histogram.
    package init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
        sum = 0
    }

    /// Creates a histogram from stored counts.
    ///
    /// - Returns: `nil` if the number of counts does not match the bounds.
    package init?(bounds: [Double], counts: [Int], sum: Double) {
        guard counts.count == bounds.count + 1 else { return nil }
        self.bounds = bounds
        self.counts = counts
        self.sum = sum
    }

    /// The number of durations.
    package var count: Int { counts.reduce(0, +) }

    /// Counts a duration.
    ///
    /// A bucket includes its upper bound, like the label `le` of Prometheus. A negative duration, which a connector's fast
    /// clock causes, counts as 0, because the sum of a histogram must not decrease.
    package mutating func observe(_ seconds: Double) {
        let seconds = max(0, seconds)
        let index = bounds.firstIndex { seconds <= $0 } ?? bounds.count
        counts[index] += 1
        sum += seconds
    }

    /// Adds the counts of a histogram with the same bounds.
    package mutating func add(_ other: DurationHistogram) {
        precondition(other.bounds == bounds, "histograms have different bounds")
        for index in counts.indices { counts[index] += other.counts[index] }
        sum += other.sum
    }
}
