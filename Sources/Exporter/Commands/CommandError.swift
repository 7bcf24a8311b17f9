// SPDX-License-Identifier: Apache-2.0

/// The reason why a command failed: one line with the object, the problem and the remedy.
package struct CommandError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line.
    package let description: String

    /// Whether the reader of the output has ended, as `head` does, which is not an error of the command.
    package let isOutputClosed: Bool

    init(_ description: String, isOutputClosed: Bool = false) {
        self.description = PrintableText.escaped(description)
        self.isOutputClosed = isOutputClosed
    }

    /// Creates the error of an option.
    init(option: String, _ value: String, _ problem: String) {
        self.init("--\(option): \"\(value)\" \(problem)")
    }
}
