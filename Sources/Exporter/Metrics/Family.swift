// SPDX-License-Identifier: Apache-2.0

import Exposition

/// A metric family, with the closure that writes its samples.
///
/// The declaration is the only place that mentions the family. The order of exposition and the tables in the
/// documentation follow from the lists of declarations.
struct Family<Subject: MetricSubject>: Sendable {
    /// The name, type, help text, unit and label names.
    let definition: MetricDefinition

    /// Appends the samples of a subject.
    ///
    /// If it appends none, the subject has no series of this family.
    let write: @Sendable (Subject, inout FamilyWriter) -> Void

    /// Declares a family.
    ///
    /// - Parameters:
    ///   - name: the name without the prefix of the subject.
    ///   - type: the type of the family.
    ///   - labels: the labels besides those of the subject. The writer takes their values in this order.
    ///   - unit: the base unit in which the name ends, or `nil`.
    ///   - help: what a value means and where it comes from.
    ///   - write: appends the samples of a subject.
    init(
        _ name: String,
        _ type: MetricType,
        labels: [String] = [],
        unit: String? = nil,
        help: String,
        write: @escaping @Sendable (Subject, inout FamilyWriter) -> Void
    ) {
        definition = MetricDefinition(
            name: Subject.namePrefix + name,
            type: type,
            help: help,
            unit: unit,
            labels: Subject.labels + labels
        )
        self.write = write
    }
}
