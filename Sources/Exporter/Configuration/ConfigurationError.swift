// SPDX-License-Identifier: Apache-2.0

/// What is wrong with the configuration, in one line: where, what, and what to write.
package struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line, without a secret.
    package let description: String

    /// The most characters that are shown of the line's beginning and of its end.
    private static let shown = (beginning: 1500, end: 500)

    /// Says what is wrong; whatever would break the line is escaped, and the middle of a line without end is left out.
    ///
    /// A key may be as long as the file is, and stands between the place and the advice.
    package init(_ description: String) {
        let line = PrintableText.escaped(description)
        let isShort = line.utf8.count <= Self.shown.beginning + Self.shown.end
        self.description =
            isShort
            ? line
            : String(decoding: line.utf8.prefix(Self.shown.beginning), as: UTF8.self) + "…"
                + String(decoding: line.utf8.suffix(Self.shown.end), as: UTF8.self)
    }
}
