// SPDX-License-Identifier: Apache-2.0

/// A forward-only reader of the elements of HTTP list fields: tokens, quoted strings and commas.
///
/// Source: RFC 9110, 5.6.
package struct HeaderScanner {
    private let bytes: [UInt8]
    private var position = 0

    /// Starts at the first byte of a field value.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether all bytes are read.
    package var isAtEnd: Bool { position == bytes.count }

    /// Whether the current list member ends here: at a comma or at the end.
    package var isAtMemberEnd: Bool { isAtEnd || bytes[position] == UInt8(ascii: ",") }

    /// Skips spaces and tabs.
    package mutating func skipSpace() {
        while !isAtEnd, bytes[position].isBlank { position += 1 }
    }

    /// Skips the next byte if it is the given one.
    ///
    /// - Returns: whether it was.
    package mutating func skip(_ byte: UInt8) -> Bool {
        guard !isAtEnd, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Skips the rest of the current member and the comma after it.
    ///
    /// A quoted comma does not end a member.
    package mutating func skipMember() {
        while !isAtMemberEnd {
            if bytes[position] != UInt8(ascii: "\"") {
                position += 1
            } else if quotedString() == nil {
                position = bytes.count
            }
        }
        _ = skip(UInt8(ascii: ","))
    }

    /// Reads a token.
    ///
    /// - Parameter allowingSlash: Whether slashes belong to the token, as in a media type.
    /// - Returns: the token, or `nil` if the next byte does not belong to one.
    package mutating func token(allowingSlash: Bool = false) -> String? {
        let start = position
        while !isAtEnd,
            bytes[position].isTokenCharacter || (allowingSlash && bytes[position] == UInt8(ascii: "/"))
        {
            position += 1
        }
        return start == position ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Reads a parameter's value.
    ///
    /// - Returns: the value without quotes and escapes, or `nil` if no value starts here or its second quote is
    ///   missing.
    package mutating func tokenOrQuotedString() -> String? {
        if !isAtEnd, bytes[position] == UInt8(ascii: "\"") { return quotedString() }
        return token()
    }

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
}
