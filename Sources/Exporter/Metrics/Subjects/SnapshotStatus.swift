// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import ConnectorSnapshots
import Polling

/// The newest snapshot of one connector at one time, as its metric families describe it.
struct SnapshotStatus: MetricSubject {
    let view: SnapshotView
    let settings: FamilySettings

    /// The current time.
    let now: Timestamp

    static let namePrefix = ConnectorStatus.namePrefix
    static let labels = ConnectorStatus.labels

    var labelValues: [String] { [view.key.account, view.key.connector] }

    /// The boot of the connector, at which its counters were 0.
    var countedSince: Timestamp? { view.snapshot?.bootTime.map { Timestamp($0) } }

    /// The snapshot, unless it is too old: a healthy tunnel of a dead connector would be worse than no tunnel.
    func currentSnapshot(_ samples: inout FamilyWriter) -> Snapshot? {
        guard let staleAt = view.staleAt, staleAt > now else { return nil }
        samples.expectChange(at: staleAt)
        return view.snapshot
    }

    /// Whether a metric is switched on.
    func exposes(_ metric: SnapshotMetric) -> Bool {
        guard let collector = metric.collector else { return true }
        return settings.snapshotCollectors.contains(collector)
            && (!metric.isOnDemand || settings.allSnapshotFields.contains(collector))
    }
}
