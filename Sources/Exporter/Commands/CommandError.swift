// SPDX-License-Identifier: Apache-2.0

/// The reason why a command cannot run: one sentence with the option and the remedy.
package struct CommandError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = PrintableText.escaped(description) }
}
