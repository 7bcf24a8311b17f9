// SPDX-License-Identifier: Apache-2.0

import WireText

/// A well-formed bcrypt hash of a password.
///
/// Its descriptions never contain the hash.
package struct PasswordHash: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    let bytes: [UInt8]

    /// The cost: the binary logarithm of the number of rounds.
    package let cost: Int

    /// Parses a hash in the format of `htpasswd -nBC 10`.
    ///
    /// The prefixes `$2a$`, `$2b$` and `$2y$` name the same algorithm. `$2x$` names a broken one and is rejected.
    ///
    /// - Parameter text: 60 characters without surrounding white space.
    /// - Throws: an error that contains no part of the text.
    package init(_ text: String) throws(PasswordHashError) {
        let bytes = Array(text.utf8)
        guard bytes.count == 60, ["$2a$", "$2b$", "$2y$"].contains(text.prefix(4)), bytes[6] == Self.dollar,
            let cost = Self.number(bytes[4], bytes[5]), bytes[7...].allSatisfy(Self.isBase64Digit)
        else { throw PasswordHashError.malformed }
        guard Bcrypt.costs.contains(cost) else { throw PasswordHashError.cost(cost) }
        self.bytes = bytes
        self.cost = cost
    }

    /// Returns whether a password has this hash.
    ///
    /// The time does not depend on the password.
    ///
    /// The setting is not compared, because some libraries set the unused bits of the salt in another way.
    func matches(_ password: [UInt8]) -> Bool {
        guard let other = Bcrypt.hash(password, setting: bytes) else { return false }
        var difference: UInt8 = 0
        for index in Bcrypt.settingBytes..<60 { difference |= bytes[index] ^ other[index] }
        return difference == 0
    }

    package var description: String { "‹redacted›" }

    package var debugDescription: String { description }

    private static let dollar = UInt8(ascii: "$")

    private static func number(_ tens: UInt8, _ ones: UInt8) -> Int? {
        guard tens.isDigit, ones.isDigit else { return nil }
        return Int(tens - 0x30) * 10 + Int(ones - 0x30)
    }

    /// Whether a byte is a digit of bcrypt's variant of base 64.
    private static func isBase64Digit(_ byte: UInt8) -> Bool {
        (0x2e...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}
