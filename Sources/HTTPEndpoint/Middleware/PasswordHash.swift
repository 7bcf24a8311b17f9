// SPDX-License-Identifier: Apache-2.0

import WireText

/// The bcrypt hash of a password, well-formed; its text is never shown.
package struct PasswordHash: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The whole hash as it is written.
    let bytes: [UInt8]

    /// The work that one check costs, as a power of two.
    package let cost: Int

    /// Reads a hash such as `htpasswd -nBC 10` prints.
    ///
    /// The prefixes are `$2a$`, `$2b$` and `$2y$`, which name the same algorithm; `$2x$` names a faulty one.
    ///
    /// - Parameter text: 60 characters, nothing around them.
    /// - Throws: what is wrong with it, without a character of it.
    package init(_ text: String) throws(PasswordHashError) {
        let bytes = Array(text.utf8)
        guard bytes.count == 60, ["$2a$", "$2b$", "$2y$"].contains(text.prefix(4)), bytes[6] == Self.dollar,
            let cost = Self.number(bytes[4], bytes[5]), bytes[7...].allSatisfy(Self.isDigit)
        else { throw PasswordHashError.malformed }
        guard Bcrypt.costs.contains(cost) else { throw PasswordHashError.cost(cost) }
        self.bytes = bytes
        self.cost = cost
    }

    /// Whether a password is the one of this hash; takes as long for any password.
    ///
    /// Only what the password decides is compared: libcrypt writes a salt whose unused bits are set in another way
    /// than some libraries do.
    func matches(_ password: [UInt8]) -> Bool {
        guard let other = Bcrypt.hash(password, like: bytes) else { return false }
        var difference: UInt8 = 0
        for index in Bcrypt.settingBytes..<60 { difference |= bytes[index] ^ other[index] }
        return difference == 0
    }

    package var description: String { "‹redacted›" }

    package var debugDescription: String { description }

    private static let dollar = UInt8(ascii: "$")

    private static func number(_ tens: UInt8, _ ones: UInt8) -> Int? {
        guard (0x30...0x39).contains(tens), (0x30...0x39).contains(ones) else { return nil }
        return Int(tens - 0x30) * 10 + Int(ones - 0x30)
    }

    /// Whether a byte is a digit of bcrypt's own base 64.
    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x2e...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}
