// SPDX-License-Identifier: Apache-2.0

import Exposition

/// The assignment of families to columns of lines.
///
/// Both formats share one column per family. If created samples are enabled, each counter and histogram has a second
/// column for OpenMetrics, after all others.
struct ColumnLayout: Sendable {
    /// The families, in the order of exposition.
    let families: [MetricDefinition]

    let count: Int

    private let openMetrics: [Int]

    /// Creates a layout.
    ///
    /// - Parameters:
    ///   - families: the families, in the order of exposition.
    ///   - withCreated: whether created samples are enabled.
    init(_ families: [MetricDefinition], withCreated: Bool) {
        var count = families.count
        openMetrics = families.enumerated().map { index, family in
            guard withCreated, family.type != .gauge else { return index }
            defer { count += 1 }
            return count
        }
        self.families = families
        self.count = count
    }

    func column(of family: Int, in format: ExpositionFormat) -> Int {
        switch format {
        case .text004: family
        case .openMetrics100: openMetrics[family]
        }
    }
}
