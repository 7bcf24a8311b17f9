// SPDX-License-Identifier: Apache-2.0

extension String {
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
