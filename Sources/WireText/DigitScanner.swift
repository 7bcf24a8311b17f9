// SPDX-License-Identifier: Apache-2.0

/// A forward-only reader of ASCII digits and separators.
package struct DigitScanner {
    private var rest: Substring.UTF8View

    /// Starts at the first character of a text.
    package init(_ text: String) { rest = text[...].utf8 }

    /// Whether the text is read completely.
    package var isAtEnd: Bool { rest.isEmpty }

    /// Reads a number with a fixed number of digits.
    ///
    /// - Parameter digits: The number of digits, at most 18.
    /// - Returns: the number, or `nil` if the text continues with fewer digits. Nothing is read then.
    package mutating func number(digits: Int) -> Int? {
        let text = rest.prefix(digits)
        guard text.count == digits, text.allSatisfy(\.isDigit) else { return nil }
        rest = rest.dropFirst(digits)
        return text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Reads the digits after a decimal point.
    ///
    /// Digits after the fifteenth are read, but do not change the result.
    ///
    /// - Returns: a value from 0 to 1, or `nil` if no digit follows.
    package mutating func fraction() -> Double? {
        let text = rest.prefix(while: \.isDigit)
        guard !text.isEmpty else { return nil }
        rest = rest[text.endIndex...]
        return Double("0." + String(decoding: text.prefix(15), as: UTF8.self))
    }

    /// Skips the next character if it is the given one.
    ///
    /// - Returns: whether it was.
    package mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }
}
