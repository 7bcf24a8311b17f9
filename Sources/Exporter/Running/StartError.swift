// SPDX-License-Identifier: Apache-2.0

/// The reason why the exporter cannot start: one line with the problem and the remedy.
package struct StartError: Error, Sendable, CustomStringConvertible {
    /// The line.
    package let description: String

    /// Creates an error.
    package init(_ description: String) {
        self.description = description
    }
}
