// SPDX-License-Identifier: Apache-2.0

/// Escaping of free text in help texts and label values.
///
/// Source: Prometheus, "Exposition formats": help texts escape backslash and line feed, label values also the quote;
/// OpenMetrics 1.0, "Escaping": both escape all three.
enum Escaping {
    /// How a server wants metric names with other characters than `MetricName` allows.
    ///
    /// Every scheme leaves this exporter's names unchanged, so the response repeats the requested scheme.
    ///
    /// Source: Prometheus, "Content negotiation", the values of `escaping`; client_golang also ignores other values.
    enum Scheme: String {
        /// The characters stay, and the name is quoted.
        case allowUTF8 = "allow-utf-8"
        case underscores
        /// Dots become `_dot_`, other characters an escape sequence.
        case dots
        /// Each becomes an escape sequence with its code point.
        case values
    }

    /// Appends a label value, or an OpenMetrics help text.
    static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
        append(text, to: &bytes, escapingQuote: true)
    }

    /// Appends a help text of the text format.
    static func appendLine(_ text: String, to bytes: inout [UInt8]) {
        append(text, to: &bytes, escapingQuote: false)
    }

    private static func append(_ text: String, to bytes: inout [UInt8], escapingQuote: Bool) {
        // Most values are identifiers that need no escaping: one scan and one copy.
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
