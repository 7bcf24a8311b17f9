// SPDX-License-Identifier: Apache-2.0

/// The histograms of durations over all connectors of an account.
package struct AccountHistograms: Sendable, Hashable {
    /// The name of a histogram.
    ///
    /// The ledger stores the raw value.
    package enum Name: Sendable, Hashable, CaseIterable, RawRepresentable {
        case deliveryDelay
        case rekey
        case operation(Operation, Operation.Outcome)

        package static let allCases: [Name] =
            [.deliveryDelay, .rekey]
            + Operation.allCases.flatMap { operation in
                Operation.Outcome.allCases.map { .operation(operation, $0) }
            }

        private static let byRawValue = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

        package init?(rawValue: String) {
            guard let name = Self.byRawValue[rawValue] else { return nil }
            self = name
        }

        package var rawValue: String {
            switch self {
            case .deliveryDelay: "delivery_delay"
            case .rekey: "rekey"
            case .operation(let operation, let outcome): "\(operation.rawValue).\(outcome.rawValue)"
            }
        }

        /// The upper bounds of the buckets, in seconds.
        package var bounds: [Double] {
            switch self {
            case .deliveryDelay: [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 21600, 86400]
            case .rekey: [1, 2, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600]
            case .operation: [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600]
            }
        }
    }

    private var histograms: [Name: DurationHistogram]

    /// Creates empty histograms.
    package init() {
        histograms = Dictionary(
            uniqueKeysWithValues: Name.allCases.map { ($0, DurationHistogram(bounds: $0.bounds)) }
        )
    }

    package subscript(name: Name) -> DurationHistogram {
        get { histograms[name] ?? DurationHistogram(bounds: name.bounds) }
        set { histograms[name] = newValue }
    }

    /// Counts the duration of an observation, if it has one.
    package mutating func observe(_ observation: Observation) {
        switch observation {
        case .operationFinished(let operation, let outcome, let seconds):
            self[.operation(operation, outcome)].observe(seconds)
        case .rekeyCompleted(let seconds):
            self[.rekey].observe(seconds)
        case .uncleanRestart:
            break
        }
    }

    /// Adds the counts of other histograms.
    package mutating func add(_ other: AccountHistograms) {
        for name in Name.allCases { self[name].add(other[name]) }
    }
}
