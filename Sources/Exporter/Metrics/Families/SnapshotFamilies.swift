// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import ConnectorSnapshots
import Exposition
import Polling

extension FamilySection where Subject == SnapshotStatus {
    /// Families with the state of connectors, from their snapshots.
    static let ofSnapshots = [freshness] + collectors

    private static let freshness = FamilySection(
        "Snapshots",
        [
            Family(
                "last_snapshot_timestamp_seconds",
                .gauge,
                unit: "seconds",
                help:
                    "When the connector recorded its newest snapshot. If it is too old, all other series of snapshots end."
            ) { status, samples in
                samples.append(status.view.snapshot?.t)
            },
            Family(
                "snapshot_poll_success",
                .gauge,
                help:
                    "Whether the newest poll of the connector's snapshots succeeded (1) or not (0). A connector without snapshots is a success."
            ) { status, samples in
                samples.append(status.view.pollSucceeded)
            },
            Family(
                "last_successful_snapshot_poll_timestamp_seconds",
                .gauge,
                unit: "seconds",
                help: "When the newest successful poll of the connector's snapshots ended."
            ) { status, samples in
                samples.append(status.view.lastSuccess?.seconds)
            },
        ]
    )

    /// One section for each collector, with the metrics of the table.
    private static let collectors: [FamilySection] =
        [nil as SnapshotCollector?].map { section($0, title: "Snapshot of a connector") }
        + SnapshotCollector.allCases.map { section($0, title: "Collector `\($0.rawValue)`") }

    private static func section(_ collector: SnapshotCollector?, title: String) -> FamilySection {
        FamilySection(title, SnapshotMetric.all.filter { $0.collector == collector }.map(family))
    }

    private static func family(_ metric: SnapshotMetric) -> Family<SnapshotStatus> {
        let onDemand = metric.isOnDemand ? " Needs snapshots.all_fields." : ""
        return Family(
            metric.name,
            metric.type == .counter ? .counter : .gauge,
            labels: metric.labels,
            unit: unit(of: metric),
            help: metric.help + onDemand
        ) { status, samples in
            guard status.exposes(metric), let snapshot = status.currentSnapshot(&samples) else { return }
            metric.forEachSample(in: snapshot) { labels, value in
                samples.append(value, labels: labels)
            }
        }
    }

    /// The base unit in which the name of the family ends.
    private static func unit(of metric: SnapshotMetric) -> String? {
        let family = metric.type == .counter ? String(metric.name.dropLast("_total".count)) : metric.name
        return ["seconds", "bytes", "ratio", "celsius"].first { family.hasSuffix("_\($0)") }
    }
}
