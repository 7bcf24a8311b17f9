// SPDX-License-Identifier: Apache-2.0

package import ConnectorSnapshots
package import WireText

extension Configuration {
    /// The `snapshots` section.
    package struct Snapshots: Sendable, Hashable {
        /// Whether snapshots are read.
        package var isEnabled = true
        /// The minimum time between two polls of a connector's snapshots.
        package var interval = PrometheusDuration.seconds(60)
        /// The groups of metrics that are exposed.
        package var collectors = Set(SnapshotCollector.allCases)
        /// The groups whose metrics on demand are exposed too.
        package var allFields: Set<SnapshotCollector> = []

        /// Creates the section with all collectors.
        package init() {}
    }
}
