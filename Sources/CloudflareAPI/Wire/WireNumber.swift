// SPDX-License-Identifier: Apache-2.0

/// The ranges of the API's numbers.
///
/// JSON does not distinguish integers from other numbers: the decoder reads `1700000000`, `1700000000.0` and `1.7e9` as
/// the same `Int`. It rejects a number with a fraction.
enum WireNumber {
    /// Seconds since the Unix epoch, up to the end of the year 9999.
    static let seconds = 0...253_402_300_799

    /// Sequence numbers, up to the largest integer that JSON numbers represent exactly (RFC 8259, 6).
    static let sequence = 0...9_007_199_254_740_991
}

extension KeyedDecodingContainer {
    /// Reads an integer.
    ///
    /// - Throws: if it is missing, not an integer, or out of bounds.
    func integer(_ key: Key, in bounds: ClosedRange<Int>) throws -> Int {
        let value = try decode(Int.self, forKey: key)
        guard bounds.contains(value) else {
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: self,
                debugDescription: "\(value) is not in \(bounds.lowerBound)...\(bounds.upperBound)."
            )
        }
        return value
    }

    /// Reads a text.
    ///
    /// - Throws: if it is missing, not a string, or empty.
    func text(_ key: Key) throws -> String {
        let value = try decode(String.self, forKey: key)
        guard !value.isEmpty else {
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: self,
                debugDescription: "The text is empty."
            )
        }
        return value
    }

    /// Reads an optional text.
    ///
    /// Returns `nil` if it is missing, not a string, or empty.
    func optionalText(_ key: Key) -> String? { try? text(key) }
}
