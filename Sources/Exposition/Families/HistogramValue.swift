// SPDX-License-Identifier: Apache-2.0

/// The value of one histogram series: the count of each bucket, and the sum of the observations.
package struct HistogramValue: Sendable, Equatable {
    /// The bucket bounds.
    package let buckets: HistogramBuckets

    /// Observations per bucket, not cumulative.
    ///
    /// The last bucket is `+Inf`.
    package let counts: [Int]

    /// The sum of the observations.
    package let sum: Double

    /// The number of observations.
    package let count: Int

    /// Creates a value without observations.
    package init(_ buckets: HistogramBuckets) {
        self.buckets = buckets
        counts = Array(repeating: 0, count: buckets.labels.count)
        sum = 0
        count = 0
    }

    /// Creates a value, or returns `nil` if the numbers do not belong to a histogram with these buckets.
    ///
    /// - Parameters:
    ///   - buckets: the bucket bounds.
    ///   - counts: observations per bucket, not cumulative, including the `+Inf` bucket.
    ///   - sum: the sum of the observations, finite and not negative.
    ///
    /// Source: OpenMetrics 1.0, "Histogram": "Sum, and buckets values are counters so MUST NOT be NaN or negative."
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

    /// The largest count that a `Double`, and so Prometheus, represents exactly.
    private static let countLimit = 1 << 53
}
