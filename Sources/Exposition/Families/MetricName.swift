// SPDX-License-Identifier: Apache-2.0

/// The characters that metric and label names may contain in every version of both formats.
///
/// Source: Prometheus, "Data model": metrics match `[a-zA-Z_:][a-zA-Z0-9_:]*`, labels `[a-zA-Z_][a-zA-Z0-9_]*`.
/// Colons are reserved for recording rules ("Metric and label naming"), so both sets are the same here.
enum MetricName {
    /// Returns whether either format accepts a name without quotes or escapes.
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, !isDigit(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
}
