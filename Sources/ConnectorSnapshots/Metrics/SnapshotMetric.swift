// SPDX-License-Identifier: Apache-2.0

/// A metric that is computed from the fields of a snapshot.
///
/// The metrics of `SnapshotMetric.all` also define which fields are decoded. Fields that no metric reads never enter the
/// process.
package struct SnapshotMetric: Sendable {
    /// The type of a metric.
    package enum MetricType: Sendable, Hashable {
        case counter
        case gauge
    }

    /// A function that computes samples which are more than single fields.
    typealias Computation = @Sendable (Snapshot, (_ labels: [String], _ value: Double) -> Void) -> Void

    /// The origin of the samples.
    enum Source: Sendable {
        /// Single fields of the snapshot.
        case fields([SnapshotReading])

        /// Single fields of each item of a list.
        case items(SnapshotList, [SnapshotReading])

        /// The named fields of the snapshot, and of items.
        case computed(
            fields: [SnapshotReading],
            items: [(list: SnapshotList, readings: [SnapshotReading])],
            Computation
        )
    }

    /// The name without the prefix of connectors.
    package let name: String

    package let type: MetricType

    /// The meaning of a value.
    package let help: String

    /// The labels besides account and connector, in the order of the values.
    package let labels: [String]

    /// The collector that switches the metric; `nil` if it is always on.
    package let collector: SnapshotCollector?

    /// Whether the metric needs its collector in `snapshots.all_fields`.
    package let isOnDemand: Bool

    let source: Source

    /// Calls a closure for each sample of a snapshot, with the values of `labels`.
    package func forEachSample(in snapshot: Snapshot, _ body: (_ labels: [String], _ value: Double) -> Void) {
        switch source {
        case .fields(let readings):
            for reading in readings {
                guard let value = reading.value(in: snapshot), isValid(value) else { continue }
                body(reading.labels, value)
            }
        case .items(let list, let readings):
            for item in snapshot.items(of: list) {
                for reading in readings {
                    guard let value = reading.value(in: item), isValid(value) else { continue }
                    body(item.identity + reading.labels, value)
                }
            }
        case .computed(_, _, let compute):
            compute(snapshot, body)
        }
    }

    /// Whether a value is possible: counters are never negative.
    private func isValid(_ value: Double) -> Bool { type == .gauge || value >= 0 }
}

extension SnapshotMetric {
    /// The fields of the snapshot itself that the metric reads.
    var readings: [SnapshotReading] {
        switch source {
        case .fields(let readings): readings
        case .items: []
        case .computed(let readings, _, _): readings
        }
    }

    /// The fields of items that the metric reads.
    var itemReadings: [(list: SnapshotList, readings: [SnapshotReading])] {
        switch source {
        case .fields: []
        case .items(let list, let readings): [(list, readings)]
        case .computed(_, let items, _): items
        }
    }
}

// MARK: - Declarations

extension SnapshotMetric {
    /// Declares a metric of single fields.
    ///
    /// - Parameters:
    ///   - type: the type.
    ///   - name: the name without prefix.
    ///   - help: the meaning of a value.
    ///   - collector: the collector.
    ///   - label: the label that distinguishes several fields.
    ///   - list: the list whose items have the fields; `nil` for fields of the snapshot itself.
    ///   - isOnDemand: whether the metric needs `snapshots.all_fields`.
    ///   - readings: the fields.
    /// - Returns: the metric.
    static func metric(
        _ type: MetricType,
        _ name: String,
        _ help: String,
        _ collector: SnapshotCollector,
        label: String? = nil,
        of list: SnapshotList? = nil,
        isOnDemand: Bool = false,
        _ readings: SnapshotReading...
    ) -> SnapshotMetric {
        SnapshotMetric(
            name: name,
            type: type,
            help: help,
            labels: (list?.labels ?? []) + (label.map { [$0] } ?? []),
            collector: collector,
            isOnDemand: isOnDemand,
            source: list.map { .items($0, readings) } ?? .fields(readings)
        )
    }

    /// Declares a gauge whose samples are computed.
    static func computed(
        _ name: String,
        _ help: String,
        _ collector: SnapshotCollector?,
        labels: [String] = [],
        isOnDemand: Bool = false,
        fields: [SnapshotReading] = [],
        items: [(list: SnapshotList, readings: [SnapshotReading])] = [],
        _ compute: @escaping Computation
    ) -> SnapshotMetric {
        SnapshotMetric(
            name: name,
            type: .gauge,
            help: help,
            labels: labels,
            collector: collector,
            isOnDemand: isOnDemand,
            source: .computed(fields: fields, items: items, compute)
        )
    }
}
