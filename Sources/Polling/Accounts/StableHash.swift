// SPDX-License-Identifier: Apache-2.0

/// A hash function whose results do not change, unlike Swift's `Hasher`, which has a seed per process.
package enum StableHash {
    /// Hashes the UTF-8 bytes of a text.
    ///
    /// FNV-1a alone gives close results for ids that differ in the last letter. The last step of SplitMix64 spreads them.
    ///
    /// Source: Fowler, Noll, Vo, "FNV-1a", 64 bits; Vigna, "SplitMix64".
    package static func of(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        return hash ^ (hash >> 31)
    }
}
