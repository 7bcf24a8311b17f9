// SPDX-License-Identifier: Apache-2.0

import Exposition

/// The sample lines of some families, each family's apart, so that they can be put together by family.
struct FamilyWriter {
    private let columns: FamilyColumns
    private let order: [String: Int]
    private var writers: [SampleWriter]

    /// Labels that every line begins with.
    private let common: [Label]

    /// When the counters began at 0, in seconds since the Unix epoch; `nil` where that is not known.
    private let created: Double?

    /// Begins with no line.
    init(_ columns: FamilyColumns, labels common: [Label], created: Double?) {
        self.columns = columns
        order = Dictionary(
            uniqueKeysWithValues: columns.entries.enumerated().map { ($0.element.definition.name, $0.offset) }
        )
        writers = Array(repeating: SampleWriter(), count: columns.count)
        self.common = common
        self.created = created
    }

    /// The lines, by column.
    var lines: [[UInt8]] { writers.map(\.bytes) }

    /// Appends a whole number.
    mutating func append(_ entry: MetricCatalogue.Entry, _ labels: [Label] = [], _ value: Int) {
        write(entry, labels) { $0.append(entry.definition, labels: $1, value: value) }
    }

    /// Appends a number.
    mutating func append(_ entry: MetricCatalogue.Entry, _ labels: [Label] = [], _ value: Double) {
        write(entry, labels) { $0.append(entry.definition, labels: $1, value: value) }
    }

    /// Appends 1 or 0.
    mutating func append(_ entry: MetricCatalogue.Entry, _ labels: [Label] = [], _ value: Bool) {
        append(entry, labels, value ? 1 : 0)
    }

    /// Appends the lines of a histogram.
    mutating func append(_ entry: MetricCatalogue.Entry, _ labels: [Label] = [], _ value: HistogramValue) {
        write(entry, labels) { $0.append(entry.definition, labels: $1, value: value) }
    }

    /// Writes a series into the column of its family, and into that for OpenMetrics where it has one of its own.
    private mutating func write(
        _ entry: MetricCatalogue.Entry,
        _ labels: [Label],
        _ append: (inout SampleWriter, [Label]) -> Void
    ) {
        guard let family = order[entry.definition.name] else { return }
        let labels = common + labels
        append(&writers[family], labels)
        let column = columns.column(of: family, in: .openMetrics100)
        guard column != family else { return }
        append(&writers[column], labels)
        if let created { writers[column].append(entry.definition, labels: labels, createdAt: created) }
    }
}
