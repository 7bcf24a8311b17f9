// SPDX-License-Identifier: Apache-2.0

/// The bounds within which a number of the API is believed.
///
/// JSON does not tell integers from other numbers: `1700000000`, `1700000000.0` and `1.7e9` are the same, and the
/// decoder reads all three as an `Int`. Anything with a fraction is not one.
enum WireNumber {
    /// Seconds since the Unix epoch until the end of the year 9999.
    static let seconds = 0...253_402_300_799

    /// Sequence numbers: what a number of JSON holds exactly (RFC 8259, 6).
    static let sequence = 0...9_007_199_254_740_991
}

extension KeyedDecodingContainer {
    /// Reads an integer within bounds.
    ///
    /// - Throws: where it is absent, no integer, or out of bounds.
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

    /// Reads text that must say something.
    ///
    /// - Throws: where it is absent, no text, or empty.
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

    /// Reads text that need not be there; what is empty or no text is not there either.
    func optionalText(_ key: Key) -> String? { try? text(key) }
}
