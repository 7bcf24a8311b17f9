// SPDX-License-Identifier: Apache-2.0

extension SnapshotMetric {
    /// All metrics, in the order of exposition.
    package static let all: [SnapshotMetric] =
        snapshotItself + highAvailability + system + pressure + memory + network + tunnels + disks
        + filesystems
        + temperatures + dhcp + routes + netstat
}
