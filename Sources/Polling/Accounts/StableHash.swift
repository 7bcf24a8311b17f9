// SPDX-License-Identifier: Apache-2.0

/// A hash that only the text decides, unlike Swift's own, which change with every process.
enum StableHash {
    /// Hashes a text's UTF-8 bytes.
    ///
    /// FNV-1a alone leaves ids that differ in their last letter close to each other; SplitMix64's last step does not.
    ///
    /// Source: Fowler, Noll, Vo, "FNV-1a", 64 bits; Vigna, "SplitMix64".
    static func of(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        return hash ^ (hash >> 31)
    }
}
