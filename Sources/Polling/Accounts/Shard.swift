// SPDX-License-Identifier: Apache-2.0

/// The part of all connectors that one of several exporters polls.
///
/// Every exporter of the same count agrees on who polls what, and another count moves as few connectors as can be.
/// As kube-state-metrics shards its objects.
package struct Shard: Sendable, Hashable {
    /// Which one this is, from 0 on.
    package let index: Int

    /// How many there are, at least 1.
    package let count: Int

    /// Makes one of several parts; `nil` where the index is not one of 0..<count.
    package init?(index: Int, count: Int) {
        guard count >= 1, (0..<count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    private init() {
        index = 0
        count = 1
    }

    /// The only part there is: everything.
    package static let whole = Shard()

    /// Whether a connector belongs to this part; only its id decides.
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

    /// This part's share of something that all parts share; the shares add up to the whole.
    package func share(of total: Int) -> Int {
        total / count + (index < total % count ? 1 : 0)
    }
}
