// SPDX-License-Identifier: Apache-2.0

/// Text from outside in a form that stays on its line and shows what it is.
enum PrintableText {
    /// Escapes everything that is not shown as a character of its own.
    ///
    /// Besides the control characters these are the invisible ones of Unicode (line separators, marks that turn the
    /// direction of writing, private use): with them a value could pass itself off as another line, or as other words.
    static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { !isPrintable($0) }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars { append(scalar, to: &result) }
        return result
    }

    /// Puts a text between quotes: a JSON string, which the readers of logfmt take as well.
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
