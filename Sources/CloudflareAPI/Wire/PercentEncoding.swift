// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text with everything but unreserved characters percent-encoded, so that it is one segment or one value.
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

    /// The text as a log line may show it: no control or format characters, no line ends, not too long.
    ///
    /// What a server says ends up in terminals, log files and a page of HTML; escape sequences and characters that
    /// turn the direction of writing have no business there.
    ///
    /// - Parameter limit: the most characters that are kept; an ellipsis says that there were more.
    /// - Returns: the text without white space at either end.
    func printable(limit: Int = 200) -> String {
        var kept = UnicodeScalarView()
        var isCut = false
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator:
                // One space for any number of them.
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
