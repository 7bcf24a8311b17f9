// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// Tells one token from another without telling the token.
///
/// A keyed hash, with a key that was drawn for this storage directory: the same token has another identity elsewhere,
/// and 64 bits say too little of a token's more than 200 to find it by trying.
///
/// Source: Aumasson, Bernstein, "SipHash: a fast short-input PRF", SipHash-2-4.
package struct TokenIdentity: Sendable, Hashable, CustomStringConvertible {
    private let hash: UInt64

    /// Identifies a token.
    ///
    /// - Parameters:
    ///   - credential: the token.
    ///   - key: 16 random bytes; fewer are filled up with zeros.
    package init(_ credential: Credential, key: [UInt8]) {
        self.init(Array(credential.authorization.utf8), key: key)
    }

    /// Hashes bytes.
    package init(_ bytes: [UInt8], key: [UInt8]) {
        var state = State(key: key)
        var end = bytes.count
        while end % 8 != 0 { end -= 1 }
        for start in stride(from: 0, to: end, by: 8) { state.take(Self.word(bytes[start..<start + 8])) }
        state.take(Self.word(bytes[end...]) | UInt64(truncatingIfNeeded: bytes.count) << 56)
        hash = state.finish()
    }

    package var description: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Up to eight bytes, the first in the lowest place.
    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private struct State {
        private var a, b, c, d: UInt64

        init(key: [UInt8]) {
            let low = word(key.prefix(8))
            let high = word(key.dropFirst(8).prefix(8))
            a = low ^ 0x736f_6d65_7073_6575
            b = high ^ 0x646f_7261_6e64_6f6d
            c = low ^ 0x6c79_6765_6e65_7261
            d = high ^ 0x7465_6462_7974_6573
        }

        mutating func take(_ word: UInt64) {
            d ^= word
            round()
            round()
            a ^= word
        }

        mutating func finish() -> UInt64 {
            c ^= 0xff
            for _ in 0..<4 { round() }
            return a ^ b ^ c ^ d
        }

        private mutating func round() {
            a = a &+ b
            b = rotated(b, by: 13) ^ a
            a = rotated(a, by: 32)
            c = c &+ d
            d = rotated(d, by: 16) ^ c
            a = a &+ d
            d = rotated(d, by: 21) ^ a
            c = c &+ b
            b = rotated(b, by: 17) ^ c
            c = rotated(c, by: 32)
        }

        private func rotated(_ word: UInt64, by bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
    }
}
