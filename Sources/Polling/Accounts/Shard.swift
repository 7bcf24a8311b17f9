// SPDX-License-Identifier: Apache-2.0

/// The part of all connectors that one of several exporters polls.
///
/// All exporters with the same count agree on the parts. Another count moves the minimum number of connectors, as in
/// kube-state-metrics.
package struct Shard: Sendable, Hashable {
    /// The index of this part, from 0.
    package let index: Int

    /// The number of parts, at least 1.
    package let count: Int

    /// Makes a part.
    ///
    /// Returns `nil` if the index is not in 0..<count.
    package init?(index: Int, count: Int) {
        guard count >= 1, (0..<count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    private init() {
        index = 0
        count = 1
    }

    /// The part that contains all connectors.
    package static let whole = Shard()

    /// Whether a connector belongs to this part.
    ///
    /// Only its id decides.
    ///
    /// Source: Lamping, Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", 2014.
    package func owns(_ connector: String) -> Bool {
        guard count > 1 else { return true }
        var key = StableHash.of(connector)
        var bucket = 0
        var next = 0
        while next < count {
            bucket = next
            key = key &* 2_862_933_555_777_941_757 &+ 1
            next = Int(Double(bucket + 1) * (Double(1 << 31) / Double((key >> 33) + 1)))
        }
        return bucket == index
    }

    /// Returns this part's share of a total.
    ///
    /// The shares of all parts add up to the total.
    package func share(of total: Int) -> Int {
        total / count + (index < total % count ? 1 : 0)
    }
}
