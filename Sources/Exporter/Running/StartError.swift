// SPDX-License-Identifier: Apache-2.0

/// Why the program cannot start: one line that says what is wrong and what to do.
package struct StartError: Error, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
