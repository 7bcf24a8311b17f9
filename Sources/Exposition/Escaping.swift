// SPDX-License-Identifier: Apache-2.0

/// The two ways in which free text is written between the marks of the formats.
///
/// Source: Prometheus, "Exposition formats": help escapes backslash and line feed, label values also the quote;
/// OpenMetrics 1.0, "Escaping": all three in both places.
enum Escaping {
    /// What becomes of characters in names that older servers do not read.
    ///
    /// All names of this exporter are letters, digits and underscores, which every scheme leaves alone: whichever was
    /// asked for is kept.
    ///
    /// Source: Prometheus, "Content negotiation", the values of `escaping`; client_golang ignores others as well.
    enum Scheme: String {
        /// They stay, and the name is quoted.
        case allowUTF8 = "allow-utf-8"
        /// Each becomes an underscore.
        case underscores
        /// Dots and others become escapes that can be read back.
        case dots
        /// All become escapes with their code.
        case values
    }

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
