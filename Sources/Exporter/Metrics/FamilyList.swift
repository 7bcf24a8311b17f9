// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition

/// The families of one kind of subject, in the order of exposition.
struct FamilyList<Subject: MetricSubject>: Sendable {
    /// The sample lines of one subject.
    struct Lines {
        var columns: [[UInt8]]

        /// When a line next changes without a new event; `nil` for never.
        var changesAt: Timestamp?
    }

    let layout: ColumnLayout

    private let families: [Family<Subject>]
    private let metadata: [ExpositionFormat: [[UInt8]]]
    private let withCreated: Bool

    /// Creates a list.
    ///
    /// - Parameters:
    ///   - sections: the families, in the order of exposition.
    ///   - withCreated: whether OpenMetrics has created samples.
    init(_ sections: [FamilySection<Subject>], withCreated: Bool) {
        families = sections.flatMap(\.families)
        let definitions = families.map(\.definition)
        layout = ColumnLayout(definitions, withCreated: withCreated)
        metadata = Dictionary(
            uniqueKeysWithValues: ExpositionFormat.allCases.map { format in
                (format, definitions.map { FamilyMetadata($0).bytes(format) })
            }
        )
        self.withCreated = withCreated
    }

    func lines(of subject: Subject) -> Lines {
        var lines = Lines(columns: Array(repeating: [], count: layout.count))
        for (index, family) in families.enumerated() {
            var writer = FamilyWriter(family.definition, of: subject, withCreated: withCreated)
            family.write(subject, &writer)
            lines.columns[index] = writer.samples.bytes
            if let samples = writer.samplesWithCreated {
                lines.columns[layout.column(of: index, in: .openMetrics100)] = samples.bytes
            }
            if let time = writer.changesAt { lines.changesAt = min(lines.changesAt ?? time, time) }
        }
        return lines
    }

    /// Returns the complete families of the only subject, with their metadata.
    ///
    /// Families without samples are omitted.
    func exposition(of subject: Subject) -> (ExpositionFormat) -> [UInt8] {
        let lines = lines(of: subject)
        return { [layout, metadata] format in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(2048)
            for (index, metadata) in (metadata[format] ?? []).enumerated() {
                let samples = lines.columns[layout.column(of: index, in: format)]
                guard !samples.isEmpty else { continue }
                bytes += metadata
                bytes += samples
            }
            return bytes
        }
    }
}
