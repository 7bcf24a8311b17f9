// SPDX-License-Identifier: Apache-2.0

import CLibSSL

/// HMAC-SHA-256 with a key that is never exposed.
///
/// Source: RFC 2104.
package struct KeyedHash: Sendable {
    private let key: [UInt8]

    init() {
        var generator = SystemRandomNumberGenerator()
        key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// Uses a key of the caller.
    package init(key: [UInt8]) { self.key = key }

    /// Returns the hash of a list of byte strings.
    ///
    /// Each string is prefixed by its length, so that no other split of the same bytes has the same hash.
    ///
    /// - Returns: 32 bytes; `nil` if libcrypto is out of memory.
    package func digest(of parts: [[UInt8]]) -> [UInt8]? {
        var message: [UInt8] = []
        for part in parts {
            for shift in stride(from: 56, through: 0, by: -8) {
                message.append(UInt8(truncatingIfNeeded: part.count >> shift))
            }
            message += part
        }
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        let result = unsafe HMAC(
            EVP_sha256(),
            key,
            Int32(key.count),
            message,
            message.count,
            &digest,
            &length
        )
        guard unsafe result != nil, length == 32 else { return nil }
        return digest
    }
}
