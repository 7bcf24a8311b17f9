// SPDX-License-Identifier: Apache-2.0

import Exposition

/// Where the sample lines of some families stand, by family and format.
///
/// Both formats read the same lines, so that a family has one column for both. With created samples, which only
/// OpenMetrics has, counters and histograms have a second one, behind all others.
struct FamilyColumns: Sendable {
    /// The families, in the order of exposition.
    let entries: [MetricCatalogue.Entry]

    /// How many columns there are.
    let count: Int

    /// The column of each family's lines for OpenMetrics.
    private let openMetrics: [Int]

    /// Lays out columns.
    ///
    /// - Parameters:
    ///   - entries: the families, in the order of exposition.
    ///   - withCreated: whether counters and histograms say in OpenMetrics when they began.
    init(_ entries: [MetricCatalogue.Entry], withCreated: Bool) {
        var count = entries.count
        openMetrics = entries.enumerated().map { index, entry in
            guard withCreated, entry.definition.type != .gauge else { return index }
            defer { count += 1 }
            return count
        }
        self.entries = entries
        self.count = count
    }

    /// The column that a family is read from.
    func column(of family: Int, in dialect: ExpositionFormat) -> Int {
        switch dialect {
        case .text004: family
        case .openMetrics100: openMetrics[family]
        }
    }
}
