// SPDX-License-Identifier: Apache-2.0

/// What is wrong with the configuration, in one line: where, what, and what to write.
package struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
