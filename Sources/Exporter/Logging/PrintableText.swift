// SPDX-License-Identifier: Apache-2.0

/// The escaping of untrusted text for logs and errors.
enum PrintableText {
    /// Escapes unprintable characters, so that the text remains one line.
    ///
    /// Besides control characters, these are invisible Unicode characters: line separators, bidirectional marks and private
    /// use. With them, a value could look like a new line or like other words.
    static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { !isPrintable($0) }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars { append(scalar, to: &result) }
        return result
    }

    /// Returns a text as a JSON string, which parsers of logfmt accept too.
    ///
    /// Source: RFC 8259, section 7.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += #"\""#
            case "\\": result += #"\\"#
            default: append(scalar, to: &result)
            }
        }
        return result + "\""
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
        switch scalar {
        case "\n": text += #"\n"#
        case "\r": text += #"\r"#
        case "\t": text += #"\t"#
        case _ where isPrintable(scalar): text.unicodeScalars.append(scalar)
        default:
            for unit in scalar.utf16 {
                let digits = String(unit, radix: 16)
                text += #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20...0x7e).contains(scalar.value) }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
            false
        default: true
        }
    }
}
