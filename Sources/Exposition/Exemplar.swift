// SPDX-License-Identifier: Apache-2.0

/// One observation behind a count, named so that it can be found elsewhere; only OpenMetrics shows it.
///
/// Source: OpenMetrics 1.0, "Exemplars".
package struct Exemplar: Sendable, Hashable {
    /// What names the observation.
    package let labels: [Label]

    /// What was observed; 1 for an event.
    package let value: Double

    /// When, in seconds since the Unix epoch, or `nil`.
    package let timestamp: Double?

    /// Takes an observation, or `nil` where its labels are longer than the format allows.
    ///
    /// Source: OpenMetrics 1.0, "Exemplars": "The combined length of the label names and values of an Exemplar's
    /// LabelSet MUST NOT exceed 128 UTF-8 character code points."
    package init?(labels: [Label], value: Double, timestamp: Double? = nil) {
        let length = labels.reduce(0) { $0 + $1.name.unicodeScalars.count + $1.value.unicodeScalars.count }
        guard length <= Self.lengthLimit else { return nil }
        self.labels = labels
        self.value = value
        self.timestamp = timestamp
    }

    private static let lengthLimit = 128
}
