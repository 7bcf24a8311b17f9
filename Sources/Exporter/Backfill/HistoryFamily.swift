// SPDX-License-Identifier: Apache-2.0

import Exposition

/// A metric family that an export contains.
struct HistoryFamily: Sendable {
    /// When the samples of a series are written.
    enum Sampling: Sendable, Hashable {
        /// As regular scrapes would see a value that never changes.
        case constant

        /// As regular scrapes would see a counter.
        case counter

        /// At the changes of a state.
        case state
    }

    let family: Family<ConnectorStatus>

    let sampling: Sampling

    init(_ family: Family<ConnectorStatus>, isConstant: Bool) {
        self.family = family
        sampling = isConstant ? .constant : family.definition.type == .counter ? .counter : .state
    }

    /// All families, in the order of exposition.
    static let all = HistorySection.all.flatMap(\.families)

    /// The names of all labels.
    static let labels = Set(all.flatMap(\.family.definition.labels))

    /// Returns the declaration with further labels before its own.
    func definition(adding labels: [String]) -> MetricDefinition {
        let definition = family.definition
        return MetricDefinition(
            name: definition.name,
            type: definition.type,
            help: definition.help,
            unit: definition.unit,
            labels: labels + definition.labels
        )
    }
}
