// SPDX-License-Identifier: Apache-2.0

/// How often something took how long: counts that only ever rise.
package struct DurationHistogram: Sendable, Hashable {
    /// Upper bounds of the buckets in seconds, rising; one more bucket takes what is above the last.
    package let bounds: [Double]

    /// How many fell in each bucket (not cumulative); one more than there are bounds.
    package private(set) var counts: [Int]

    /// In seconds.
    package private(set) var sum: Double

    /// Starts at zero.
    package init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
        sum = 0
    }

    /// Goes on from what was kept.
    ///
    /// - Returns: `nil` where the counts are not of these bounds.
    package init?(bounds: [Double], counts: [Int], sum: Double) {
        guard counts.count == bounds.count + 1 else { return nil }
        self.bounds = bounds
        self.counts = counts
        self.sum = sum
    }

    package var count: Int { counts.reduce(0, +) }

    /// Counts one more; a bound belongs to its own bucket, as Prometheus's `le` says.
    package mutating func observe(_ seconds: Double) {
        let index = bounds.firstIndex { seconds <= $0 } ?? bounds.count
        counts[index] += 1
        sum += seconds
    }

    /// Adds what another of the same bounds has counted.
    package mutating func add(_ other: DurationHistogram) {
        precondition(other.bounds == bounds, "histograms of different bounds do not add up")
        for index in counts.indices { counts[index] += other.counts[index] }
        sum += other.sum
    }
}
