// SPDX-License-Identifier: Apache-2.0

/// The two ways in which free text is written between the marks of the formats.
///
/// Source: Prometheus, "Exposition formats": help escapes backslash and line feed, label values also the quote;
/// OpenMetrics 1.0, "Escaping": all three in both places.
enum Escaping {
    /// Appends text that stands between quotes, or that OpenMetrics reads as if it did.
    static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
        append(text, to: &bytes, escapingQuote: true)
    }

    /// Appends text that ends with its line.
    static func appendLine(_ text: String, to bytes: inout [UInt8]) {
        append(text, to: &bytes, escapingQuote: false)
    }

    private static func append(_ text: String, to bytes: inout [UInt8], escapingQuote: Bool) {
        // Nearly all values are ids and names without anything to escape: one look, then one copy.
        guard text.utf8.contains(where: { isEscaped($0, escapingQuote: escapingQuote) }) else {
            bytes.append(contentsOf: text.utf8)
            return
        }
        for byte in text.utf8 {
            guard isEscaped(byte, escapingQuote: escapingQuote) else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte == UInt8(ascii: "\n") ? UInt8(ascii: "n") : byte)
        }
    }

    private static func isEscaped(_ byte: UInt8, escapingQuote: Bool) -> Bool {
        byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\n")
            || (escapingQuote && byte == UInt8(ascii: "\""))
    }
}
