// SPDX-License-Identifier: Apache-2.0

/// The character classes of HTTP's grammar.
extension UInt8 {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0a
    static let carriageReturn: UInt8 = 0x0d
    static let space: UInt8 = 0x20

    /// Whether it may stand in a method or a field name: `tchar` (RFC 9110, 5.6.2).
    var isTokenCharacter: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e...0x60, 0x7c, 0x7e: true
        default: false
        }
    }

    /// Whether it may stand in a field value: everything but control characters, of which only the tab may.
    ///
    /// Source: RFC 9110, 5.5.
    var isFieldValueCharacter: Bool { self >= .space && self != 0x7f || self == .tab }

    /// Whether it is a space or a tab, HTTP's optional white space (RFC 9110, 5.6.3).
    var isBlank: Bool { self == .space || self == .tab }

    /// Whether it is visible US-ASCII, all that a request target is made of (RFC 3986, 2).
    var isVisible: Bool { (0x21...0x7e).contains(self) }

    /// Whether it is a decimal digit.
    var isDigit: Bool { (0x30...0x39).contains(self) }

    /// Its value as a hexadecimal digit.
    var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }

    /// The lower-case letter of an upper-case US-ASCII one.
    var lowercased: UInt8 { (0x41...0x5a).contains(self) ? self | 0x20 : self }
}

extension ArraySlice<UInt8> {
    /// Without the blanks at both ends.
    var trimmed: ArraySlice<UInt8> {
        var slice = self
        while let first = slice.first, first.isBlank { slice.removeFirst() }
        while let last = slice.last, last.isBlank { slice.removeLast() }
        return slice
    }
}
