// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text with every reserved character percent-encoded, for one path segment or one query value.
    ///
    /// Source: RFC 3986, 2.1 and 2.3.
    var percentEncoded: String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        encoded.reserveCapacity(utf8.count)
        for byte in utf8 {
            switch byte {
            case 0x41...0x5a, 0x61...0x7a, 0x30...0x39, 0x2d, 0x2e, 0x5f, 0x7e: encoded.append(byte)
            default: encoded += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Returns the text without control characters, format characters and line ends, for logs.
    ///
    /// Text from a server ends up in terminals, log files and HTML pages. Escape sequences and characters that change
    /// the writing direction could hide or alter other output.
    ///
    /// - Parameter limit: The maximum number of characters; an ellipsis replaces the rest.
    /// - Returns: the text without white space at both ends.
    func printable(limit: Int = 200) -> String {
        var kept = UnicodeScalarView()
        var isCut = false
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator:
                // One space replaces any number of them.
                if let last = kept.last, last != " " { kept.append(" ") }
            case .format, .surrogate, .privateUse, .unassigned:
                continue
            default:
                kept.append(scalar)
            }
            if kept.count > limit {
                isCut = true
                break
            }
        }
        while kept.last == " " { kept.removeLast() }
        return isCut ? String(String(kept).prefix(limit)) + "…" : String(kept)
    }
}
