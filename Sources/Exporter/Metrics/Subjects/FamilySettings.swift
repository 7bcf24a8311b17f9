// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// The part of the configuration that affects sample values.
package struct FamilySettings: Sendable, Hashable {
    /// A window of the failure ratio.
    package struct Window: Sendable, Hashable {
        /// The value of the `window` label.
        package let label: String

        /// The length in seconds.
        package let seconds: Int

        /// Creates a window.
        package init(label: String, seconds: Int) {
            self.label = label
            self.seconds = seconds
        }
    }

    /// How long each operation and the rekey may take before they are stuck.
    package var stuckAfter: StuckThresholds

    /// The windows of the failure ratio.
    package var failureRatioWindows: [Window]

    /// The seconds without a rekey event after which a tunnel is forgotten.
    package var forgetTunnelsAfter: Int

    /// Creates settings.
    package init(stuckAfter: StuckThresholds, failureRatioWindows: [Window], forgetTunnelsAfter: Int) {
        self.forgetTunnelsAfter = forgetTunnelsAfter
        self.stuckAfter = stuckAfter
        self.failureRatioWindows = failureRatioWindows
    }
}
