// SPDX-License-Identifier: Apache-2.0

import Exporter
import Exposition
import Foundation
import Testing

/// The tables of metrics in pages, which `UPDATE_DOCS=1` rewrites from the declarations.
@Suite struct MetricTablesTests {
    private static let begin = "<!-- metrics: begin -->\n"
    private static let end = "<!-- metrics: end -->\n"

    @Test(arguments: [
        ("deploy/docs/metrics.md", MetricCatalogue.sections),
        ("deploy/docs/snapshots.md", MetricCatalogue.snapshotSections),
    ])
    func `documents the declared families`(page: String, sections: [MetricCatalogue.Section]) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: page)
        let text = try String(contentsOf: file, encoding: .utf8)
        let begin = try #require(text.firstRange(of: Self.begin)).upperBound
        let end = try #require(text[begin...].firstRange(of: Self.end)).lowerBound
        let tables = sections.map(Self.table).joined()
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" {
            try (text[..<begin] + tables + text[end...]).write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(
                text[begin..<end] == tables,
                "\(page) differs from the declared metric families; run `make docs`"
            )
        }
    }

    private static func table(of section: MetricCatalogue.Section) -> String {
        """
        ### \(section.title)

        | name | type | labels | meaning |
        |---|---|---|---|
        \(section.families.map(row).joined(separator: "\n"))


        """
    }

    private static func row(_ family: MetricDefinition) -> String {
        let labels =
            family.labels.isEmpty ? "–" : family.labels.map { "`\($0)`" }.joined(separator: ", ")
        return "| `\(family.name)` | \(family.type.rawValue) | \(labels) | \(family.help) |"
    }
}
