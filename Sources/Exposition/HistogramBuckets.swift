// SPDX-License-Identifier: Apache-2.0

/// The bounds of a histogram, with the `le` labels that show them.
package struct HistogramBuckets: Sendable, Hashable {
    /// The upper bounds that values may equal; the bucket without a bound follows the last.
    package let upperBounds: [Double]

    /// What stands between the quotes of `le`, one per bucket, `+Inf` the last.
    let labels: [String]

    /// Takes the bounds.
    ///
    /// They are part of the program: a wrong list is a mistake of its author, and traps.
    ///
    /// - Parameter upperBounds: finite, strictly increasing, not negative, at least one; without the `+Inf` that
    ///   every histogram has.
    ///
    /// Source: OpenMetrics 1.0, "Histogram": thresholds "MUST be unique", "MUST NOT equal NaN"; with a negative one
    /// there must be no sum.
    package init(_ upperBounds: [Double]) {
        precondition(!upperBounds.isEmpty, "a histogram has a bound")
        precondition(upperBounds.allSatisfy { $0.isFinite && $0 >= 0 }, "bounds are finite and not negative")
        precondition(zip(upperBounds, upperBounds.dropFirst()).allSatisfy(<), "bounds increase strictly")
        self.upperBounds = upperBounds
        labels = (upperBounds + [.infinity]).map(NumberFormat.canonical)
    }

    /// The place of the bucket that a value falls into: the first whose bound is not below it.
    ///
    /// - Complexity: O(log n); buckets are few, and this is no hot path.
    func index(of value: Double) -> Int {
        var lower = 0
        var upper = upperBounds.count
        while lower < upper {
            let middle = (lower + upper) / 2
            if value <= upperBounds[middle] { upper = middle } else { lower = middle + 1 }
        }
        return lower
    }
}
