// SPDX-License-Identifier: Apache-2.0

/// Reads digits and separators from the start of a text.
struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    /// Whether all has been read.
    var isAtEnd: Bool { rest.isEmpty }

    /// Reads exactly this many digits.
    ///
    /// - Parameter digits: at most 18, so that the number fits.
    /// - Returns: `nil` where something else stands there; nothing is read then.
    mutating func number(digits: Int) -> Int? {
        let text = rest.prefix(digits)
        guard text.count == digits, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest = rest.dropFirst(digits)
        return text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Reads any number of digits as those behind a decimal point.
    ///
    /// - Returns: `nil` where there is none. Digits beyond the fifteenth are read and make no difference.
    mutating func fraction() -> Double? {
        let text = rest.prefix { (0x30...0x39).contains($0) }
        guard !text.isEmpty else { return nil }
        rest = rest[text.endIndex...]
        return Double("0." + String(decoding: text.prefix(15), as: UTF8.self))
    }

    /// Reads one ASCII character.
    ///
    /// - Returns: whether it stood there.
    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }
}
