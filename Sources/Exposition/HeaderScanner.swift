// SPDX-License-Identifier: Apache-2.0

/// A reader of the small grammar that HTTP's lists are made of; it only goes forward.
///
/// Source: RFC 9110, section 5.6.
struct HeaderScanner {
    private let bytes: [UInt8]
    private var position = 0

    /// Begins at the first byte.
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether nothing is left.
    var isAtEnd: Bool { position == bytes.count }

    /// Whether the member that is being read ends here.
    var isAtMemberEnd: Bool { isAtEnd || bytes[position] == UInt8(ascii: ",") }

    /// Passes over spaces and tabs.
    mutating func skipSpace() {
        while !isAtEnd, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    /// Passes over one byte, if it is the next.
    mutating func skip(_ byte: UInt8) -> Bool {
        guard !isAtEnd, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Passes over what is left of a member and the comma behind it; a comma between quotes does not end it.
    mutating func skipMember() {
        while !isAtMemberEnd {
            if bytes[position] != UInt8(ascii: "\"") {
                position += 1
            } else if quotedString() == nil {
                position = bytes.count
            }
        }
        _ = skip(UInt8(ascii: ","))
    }

    /// Reads a token, or two around a slash, or `nil` where none begins.
    mutating func token(allowingSlash: Bool = false) -> String? {
        let start = position
        while !isAtEnd,
            Self.isTokenByte(bytes[position]) || (allowingSlash && bytes[position] == UInt8(ascii: "/"))
        {
            position += 1
        }
        return start == position ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Reads the value of a parameter.
    mutating func tokenOrQuotedString() -> String? {
        if !isAtEnd, bytes[position] == UInt8(ascii: "\"") { return quotedString() }
        return token()
    }

    /// Reads from quote to quote, or `nil` where the second is missing.
    private mutating func quotedString() -> String? {
        var text: [UInt8] = []
        var next = position + 1
        while next < bytes.count, bytes[next] != UInt8(ascii: "\"") {
            if bytes[next] == UInt8(ascii: "\\") { next += 1 }
            if next < bytes.count { text.append(bytes[next]) }
            next += 1
        }
        guard next < bytes.count else { return nil }
        position = next + 1
        return String(decoding: text, as: UTF8.self)
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e...0x60, 0x7c, 0x7e: true
        default: false
        }
    }
}
