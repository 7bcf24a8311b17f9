// SPDX-License-Identifier: Apache-2.0

/// An invalid setting, or a failure of the operating system.
package struct SimulatorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The setting, the problem and the remedy.
    package let description: String

    package init(_ description: String) { self.description = description }
}
