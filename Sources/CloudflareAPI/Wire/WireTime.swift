// SPDX-License-Identifier: Apache-2.0

import WireText

/// A point in time, whose form the API does not document.
///
/// It reads RFC 3339 with any fraction and offset, and Unix seconds as a number or as text.
struct WireTime: Decodable, Sendable {
    /// Seconds since the Unix epoch, not after the year 9999.
    let seconds: Double

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        let seconds =
            (try? value.decode(String.self)).map { Self.parse($0) } ?? (try? value.decode(Double.self))
        guard let seconds, Self.bounds.contains(seconds) else {
            throw DecodingError.dataCorruptedError(in: value, debugDescription: "The value is not a time.")
        }
        self.seconds = seconds
    }

    private static let bounds = 0.0...Double(WireNumber.seconds.upperBound)

    /// Reads a time from text.
    ///
    /// - Returns: seconds since the Unix epoch, or `nil` if the text has neither form.
    static func parse(_ text: String) -> Double? {
        CivilTime.parseRFC3339(text) ?? parseNumber(text)
    }

    private static func parseNumber(_ text: String) -> Double? {
        // Double's own initializer also reads "nan", "0x1p3" and "+1".
        guard text.utf8.allSatisfy({ $0 == 0x2e || $0.isDigit }) else { return nil }
        return Double(text)
    }
}
