// SPDX-License-Identifier: Apache-2.0

/// An error in the configuration: one line with the place, the problem and the remedy.
package struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line.
    ///
    /// It contains no secrets.
    package let description: String

    private static let maxPrefixLength = 1500
    private static let maxSuffixLength = 500

    /// Creates an error.
    ///
    /// Unprintable characters are escaped, so that the error remains one line. The middle of a long line is omitted,
    /// because a key can be as long as the file, and precedes the remedy.
    package init(_ description: String) {
        let line = PrintableText.escaped(description)
        guard line.utf8.count > Self.maxPrefixLength + Self.maxSuffixLength else {
            self.description = line
            return
        }
        self.description =
            String(decoding: line.utf8.prefix(Self.maxPrefixLength), as: UTF8.self) + "…"
            + String(decoding: line.utf8.suffix(Self.maxSuffixLength), as: UTF8.self)
    }
}
