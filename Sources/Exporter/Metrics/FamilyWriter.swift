// SPDX-License-Identifier: Apache-2.0

import Exposition

/// The sample lines of some families, each family's apart, so that they can be put together by family.
struct FamilyWriter {
    private let order: [String: Int]
    private var writers: [SampleWriter]

    /// Labels that every line begins with.
    private let common: [Label]

    init(_ entries: [MetricCatalogue.Entry], labels common: [Label]) {
        order = Dictionary(
            uniqueKeysWithValues: entries.enumerated().map { ($0.element.definition.name, $0.offset) }
        )
        writers = Array(repeating: SampleWriter(), count: entries.count)
        self.common = common
    }

    /// The lines of each family, in the order of the entries.
    var lines: [[UInt8]] { writers.map(\.bytes) }

    /// Appends a whole number.
    mutating func append(_ entry: MetricCatalogue.Entry, _ labels: [Label] = [], _ value: Int) {
        guard let index = order[entry.definition.name] else { return }
        writers[index].append(entry.definition, labels: common + labels, value: value)
    }

    /// Appends a number.
    mutating func append(_ entry: MetricCatalogue.Entry, _ labels: [Label] = [], _ value: Double) {
        guard let index = order[entry.definition.name] else { return }
        writers[index].append(entry.definition, labels: common + labels, value: value)
    }

    /// Appends 1 or 0.
    mutating func append(_ entry: MetricCatalogue.Entry, _ labels: [Label] = [], _ value: Bool) {
        append(entry, labels, value ? 1 : 0)
    }

    /// Appends the lines of a histogram.
    mutating func append(_ entry: MetricCatalogue.Entry, _ labels: [Label] = [], _ value: HistogramValue) {
        guard let index = order[entry.definition.name] else { return }
        writers[index].append(entry.definition, labels: common + labels, value: value)
    }
}
