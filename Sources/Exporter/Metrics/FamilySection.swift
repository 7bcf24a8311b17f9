// SPDX-License-Identifier: Apache-2.0

/// Families that belong together, under the heading that the documentation gives them.
struct FamilySection<Subject: MetricSubject>: Sendable {
    let title: String

    /// The families, in the order of exposition.
    let families: [Family<Subject>]

    init(_ title: String, _ families: [Family<Subject>]) {
        self.title = title
        self.families = families
    }
}
