// SPDX-License-Identifier: Apache-2.0

package import Exposition

/// All metric families of the exporter, in the order of exposition.
///
/// Names and meanings are stable, because queries and alerts depend on them.
package enum MetricCatalogue {
    /// A heading of the documentation, with the families below it.
    package struct Section: Sendable {
        /// The heading.
        package let title: String

        /// The families.
        package let families: [MetricDefinition]
    }

    /// The families about events, accounts and the exporter, by section.
    package static let sections =
        sections(FamilySection.ofConnectors) + sections(FamilySection.ofAccounts)
        + sections(FamilySection.ofExporter) + sections(FamilySection.ofScrapes)
        + sections(FamilySection.ofProcess)

    /// The families with the state of connectors, by section.
    package static let snapshotSections = sections(FamilySection.ofSnapshots)

    /// All families.
    package static let all = (sections + snapshotSections).flatMap(\.families)

    private static func sections<Subject>(_ sections: [FamilySection<Subject>]) -> [Section] {
        sections.map { Section(title: $0.title, families: $0.families.map(\.definition)) }
    }
}
