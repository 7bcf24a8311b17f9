// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
package import ConnectorSnapshots

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

    /// The groups of snapshot metrics that are exposed.
    package var snapshotCollectors: Set<SnapshotCollector>

    /// The groups whose metrics on demand are exposed too.
    package var allSnapshotFields: Set<SnapshotCollector>

    /// Creates settings.
    package init(
        stuckAfter: StuckThresholds,
        failureRatioWindows: [Window],
        forgetTunnelsAfter: Int,
        snapshotCollectors: Set<SnapshotCollector> = Set(SnapshotCollector.allCases),
        allSnapshotFields: Set<SnapshotCollector> = []
    ) {
        self.snapshotCollectors = snapshotCollectors
        self.allSnapshotFields = allSnapshotFields
        self.forgetTunnelsAfter = forgetTunnelsAfter
        self.stuckAfter = stuckAfter
        self.failureRatioWindows = failureRatioWindows
    }
}
