// SPDX-License-Identifier: Apache-2.0

/// The observations of one series: how many in each bucket, and their sum.
package struct HistogramValue: Sendable, Equatable {
    /// The bounds.
    package let buckets: HistogramBuckets

    /// Observations per bucket, each in one only; the last is the bucket without a bound.
    package private(set) var counts: [Int]

    /// The sum of the observations, negative ones as 0.
    package private(set) var sum: Double

    /// All observations.
    package private(set) var count: Int

    /// Begins without an observation.
    package init(_ buckets: HistogramBuckets) {
        self.buckets = buckets
        counts = Array(repeating: 0, count: buckets.labels.count)
        sum = 0
        count = 0
    }

    /// Goes on from stored numbers, unless they belong to other bounds or to no histogram.
    ///
    /// - Parameters:
    ///   - buckets: the bounds of today.
    ///   - counts: observations per bucket, each in one only, the bucket without a bound included.
    ///   - sum: their sum.
    package init?(_ buckets: HistogramBuckets, counts: [Int], sum: Double) {
        guard counts.count == buckets.labels.count, sum >= 0, sum.isFinite else { return nil }
        var count = 0
        for part in counts {
            guard part >= 0, part <= Self.countLimit - count else { return nil }
            count += part
        }
        self.buckets = buckets
        self.counts = counts
        self.sum = sum
        self.count = count
    }

    /// Past this a `Double` no longer holds every count, and so neither does Prometheus.
    private static let countLimit = 1 << 53

    /// Counts a value.
    ///
    /// A negative value (a connector's clock may run ahead) counts in the lowest bucket and adds nothing to the sum:
    /// a sum that falls would be taken for a restart. Something that is not a number is no observation.
    ///
    /// Source: OpenMetrics 1.0, "Histogram": "Sum, and buckets values are counters so MUST NOT be NaN or negative."
    package mutating func observe(_ value: Double) {
        guard !value.isNaN else { return }
        counts[buckets.index(of: value)] += 1
        count += 1
        sum += max(0, value)
    }

    /// Counts the observations of both.
    ///
    /// - Precondition: the bounds are the same.
    package static func + (left: Self, right: Self) -> Self {
        var result = left
        result += right
        return result
    }

    /// Adds the observations of another series.
    ///
    /// - Precondition: the bounds are the same.
    package static func += (left: inout Self, right: Self) {
        precondition(left.buckets == right.buckets, "histograms with different bounds have no sum")
        for index in left.counts.indices { left.counts[index] += right.counts[index] }
        left.count += right.count
        left.sum += right.sum
    }
}
