// SPDX-License-Identifier: Apache-2.0

/// What is wrong with the configuration, in one line: where, what, and what to write.
package struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line, without a secret.
    package let description: String

    /// Says what is wrong; whatever would break the line is escaped.
    package init(_ description: String) { self.description = PrintableText.escaped(description) }
}
