// SPDX-License-Identifier: Apache-2.0

/// The bucket bounds of a histogram, with the `le` values that represent them.
package struct HistogramBuckets: Sendable, Hashable {
    /// The inclusive upper bounds, without `+Inf`.
    package let upperBounds: [Double]

    /// The values of the `le` label, one per bucket.
    ///
    /// The last is `+Inf`.
    let labels: [String]

    /// Creates buckets.
    ///
    /// Bounds are part of the program, so an invalid list is a programming error and traps.
    ///
    /// - Parameter upperBounds: at least one bound; finite, not negative, strictly increasing. `+Inf` is added.
    ///
    /// Source: OpenMetrics 1.0, "Histogram": thresholds "MUST be unique", "MUST NOT equal NaN"; a histogram with a
    /// negative threshold must not have a sum.
    package init(_ upperBounds: [Double]) {
        precondition(!upperBounds.isEmpty, "a histogram needs at least one bound")
        precondition(
            upperBounds.allSatisfy { $0.isFinite && $0 >= 0 },
            "bounds must be finite and not negative"
        )
        precondition(zip(upperBounds, upperBounds.dropFirst()).allSatisfy(<), "bounds must strictly increase")
        self.upperBounds = upperBounds
        labels = (upperBounds + [.infinity]).map(NumberFormat.canonical)
    }
}
