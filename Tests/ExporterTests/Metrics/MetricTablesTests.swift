// SPDX-License-Identifier: Apache-2.0

import Exporter
import Exposition
import Foundation
import Testing

/// The tables of metrics in `README.md`, which `UPDATE_DOCS=1` rewrites from the declarations.
@Suite struct MetricTablesTests {
    private static let begin = "<!-- metrics: begin -->\n"
    private static let end = "<!-- metrics: end -->\n"

    @Test func `documents the declared families in README.md`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "README.md")
        let readme = try String(contentsOf: file, encoding: .utf8)
        let begin = try #require(readme.firstRange(of: Self.begin)).upperBound
        let end = try #require(readme[begin...].firstRange(of: Self.end)).lowerBound
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" {
            try (readme[..<begin] + Self.tables + readme[end...])
                .write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(
                readme[begin..<end] == Self.tables,
                "README.md differs from the declared metric families; run `make docs`"
            )
        }
    }

    /// One table per section.
    private static let tables = MetricCatalogue.sections.map { section in
        """
        ### \(section.title)

        | name | type | labels | meaning |
        |---|---|---|---|
        \(section.families.map(row).joined(separator: "\n"))


        """
    }
    .joined()

    private static func row(_ family: MetricDefinition) -> String {
        let labels =
            family.labels.isEmpty ? "–" : family.labels.map { "`\($0)`" }.joined(separator: ", ")
        return "| `\(family.name)` | \(family.type.rawValue) | \(labels) | \(family.help) |"
    }
}
