// SPDX-License-Identifier: Apache-2.0

/// What is said once about a family: its name, its type, its meaning and its unit.
package struct MetricDefinition: Sendable, Hashable {
    /// The full name, as a query writes it; that of a counter ends in `_total`.
    package let name: String

    /// How the samples are to be read.
    package let type: MetricType

    /// What a value means and where it comes from; any text.
    package let help: String

    /// The base unit, which is then the end of the name (before `_total`), or `nil`.
    package let unit: String?

    /// Describes a family.
    ///
    /// Definitions are part of the program: a wrong one is a mistake of its author, and traps.
    ///
    /// - Parameters:
    ///   - name: letters, digits and underscores; ends in `_total` for a counter, and for nothing else.
    ///   - type: how the samples are to be read.
    ///   - help: not empty.
    ///   - unit: such as `seconds`, `bytes` or `ratio`.
    ///
    /// Source: OpenMetrics 1.0, "MetricFamily metadata": "an underscore and the unit MUST be the suffix of the
    /// MetricFamily name"; promtool's linter for the rest.
    package init(name: String, type: MetricType, help: String, unit: String? = nil) {
        precondition(MetricName.isValid(name), "\(name) is no metric name")
        precondition(
            (type == .counter) == name.hasSuffix(Self.counterSuffix),
            "\(name) is a \(type.rawValue): only counters end in _total, and all of them do"
        )
        precondition(!help.isEmpty, "\(name) has no help")
        self.name = name
        self.type = type
        self.help = help
        self.unit = unit
        if let unit {
            precondition(familyName.hasSuffix("_\(unit)"), "\(name) does not end in its unit, \(unit)")
        }
    }

    /// The name that OpenMetrics gives the family: that of a counter is without its `_total`.
    ///
    /// Source: OpenMetrics 1.0, "Counter": the sample's name "MUST have the suffix `_total`", the family's has none.
    package var familyName: String {
        type == .counter ? String(name.dropLast(Self.counterSuffix.count)) : name
    }

    private static let counterSuffix = "_total"
}
