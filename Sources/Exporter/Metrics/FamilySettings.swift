// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// What of the configuration decides what series say.
package struct FamilySettings: Sendable, Hashable {
    /// A window of the failure ratio.
    package struct Window: Sendable, Hashable {
        /// The value of the `window` label.
        package let label: String
        package let seconds: Int

        package init(label: String, seconds: Int) {
            self.label = label
            self.seconds = seconds
        }
    }

    package var stuckAfter: StuckThresholds
    package var failureRatioWindows: [Window]

    package init(stuckAfter: StuckThresholds, failureRatioWindows: [Window]) {
        self.stuckAfter = stuckAfter
        self.failureRatioWindows = failureRatioWindows
    }
}
