// SPDX-License-Identifier: Apache-2.0

// `@inlinable`, because parsers of other modules test every byte of a request with these properties.

extension UInt8 {
    /// The tab, 0x09.
    @inlinable package static var tab: UInt8 { 0x09 }
    /// The line feed, 0x0a.
    @inlinable package static var lineFeed: UInt8 { 0x0a }
    /// The carriage return, 0x0d.
    @inlinable package static var carriageReturn: UInt8 { 0x0d }
    /// The space, 0x20.
    @inlinable package static var space: UInt8 { 0x20 }

    /// Whether the byte is an ASCII decimal digit.
    @inlinable package var isDigit: Bool { (0x30...0x39).contains(self) }

    /// Whether the byte is an ASCII letter.
    @inlinable package var isLetter: Bool { (0x61...0x7a).contains(self | 0x20) }

    /// Whether the byte is an ASCII hexadecimal digit, in upper or lower case.
    @inlinable package var isHexadecimalDigit: Bool { hexadecimalValue != nil }

    /// Whether the byte is a visible ASCII character: neither a space nor a control character.
    @inlinable package var isVisible: Bool { (0x21...0x7e).contains(self) }

    /// Whether the byte is a space or a tab: HTTP's optional white space (RFC 9110, 5.6.3).
    @inlinable package var isBlank: Bool { self == .space || self == .tab }

    /// Whether the byte may stand in an HTTP method, field name or token: `tchar` (RFC 9110, 5.6.2).
    @inlinable package var isTokenCharacter: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e...0x60, 0x7c, 0x7e: true
        default: false
        }
    }

    /// Whether the byte may stand in an HTTP field value: anything but control characters other than the tab.
    ///
    /// Source: RFC 9110, 5.5.
    @inlinable package var isFieldValueCharacter: Bool { self >= .space && self != 0x7f || self == .tab }

    /// The value of an ASCII hexadecimal digit, or `nil` for another byte.
    @inlinable package var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }

    /// The byte, with an upper-case ASCII letter replaced by the lower-case one.
    @inlinable package var lowercased: UInt8 { (0x41...0x5a).contains(self) ? self | 0x20 : self }
}

extension ArraySlice<UInt8> {
    /// The slice without spaces and tabs at both ends.
    @inlinable package var trimmed: ArraySlice<UInt8> {
        var slice = self
        while let first = slice.first, first.isBlank { slice.removeFirst() }
        while let last = slice.last, last.isBlank { slice.removeLast() }
        return slice
    }
}
