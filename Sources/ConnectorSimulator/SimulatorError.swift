// SPDX-License-Identifier: Apache-2.0

/// What the simulator was asked for and cannot be.
package struct SimulatorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Names the setting, what was found there, and what to write.
    package let description: String

    package init(_ description: String) { self.description = description }
}
