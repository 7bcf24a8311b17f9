// SPDX-License-Identifier: Apache-2.0

/// The declaration of a metric family: its name, type, help, unit and label names.
package struct MetricDefinition: Sendable, Hashable {
    /// The full name, as a query spells it.
    ///
    /// A counter's name ends in `_total`.
    package let name: String

    /// The type of the family.
    package let type: MetricType

    /// The text of the `HELP` line: what a value means and where it comes from.
    package let help: String

    /// The base unit, or `nil`.
    ///
    /// The name ends in it, before `_total`.
    package let unit: String?

    /// The label names, in the order in which each sample line lists them.
    package let labels: [String]

    /// Declares a family.
    ///
    /// Declarations are part of the program, so an invalid one is a programming error and traps.
    ///
    /// - Parameters:
    ///   - name: letters, digits and underscores. It ends in `_total` if and only if the family is a counter.
    ///   - type: the type of the family.
    ///   - help: not empty.
    ///   - unit: for example `seconds`, `bytes` or `ratio`.
    ///   - labels: unique names without two leading underscores. A histogram must not have `le`.
    ///
    /// Source: OpenMetrics 1.0, "MetricFamily metadata": "an underscore and the unit MUST be the suffix of the
    /// MetricFamily name"; Prometheus, "Data model": label names "beginning with `__`" are "reserved for internal use".
    package init(
        name: String,
        type: MetricType,
        help: String,
        unit: String? = nil,
        labels: [String] = []
    ) {
        precondition(MetricName.isValid(name), "\(name) is not a valid metric name")
        precondition(
            (type == .counter) == name.hasSuffix(Self.counterSuffix),
            "\(name) is a \(type.rawValue): counters end in _total, other types do not"
        )
        precondition(!help.isEmpty, "\(name) has no help text")
        for label in labels {
            let isValid = MetricName.isValid(label) && !label.hasPrefix("__")
            precondition(isValid, "\(label) is not a valid label name")
            precondition(type != .histogram || label != "le", "\(name): histograms add le themselves")
        }
        precondition(Set(labels).count == labels.count, "\(name) lists a label twice")
        self.name = name
        self.type = type
        self.help = help
        self.unit = unit
        self.labels = labels
        if let unit {
            precondition(familyName.hasSuffix("_\(unit)"), "\(name) does not end in its unit, \(unit)")
        }
    }

    /// The name of the family in OpenMetrics, which omits a counter's `_total`.
    ///
    /// Source: OpenMetrics 1.0, "Counter": the sample's name "MUST have the suffix `_total`"; the family's has none.
    package var familyName: String {
        type == .counter ? String(name.dropLast(Self.counterSuffix.count)) : name
    }

    private static let counterSuffix = "_total"
}
