// SPDX-License-Identifier: Apache-2.0

import Exporter
import Exposition
import Foundation
import Testing

@Suite struct `Metric catalogue` {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(Self.root)/\(path)", encoding: .utf8)
    }

    @Test func `every family is named once`() {
        let names = MetricCatalogue.all.map(\.definition.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.hasPrefix("cloudflare_magic_connector_") || $0.hasPrefix("process_") })
    }

    @Test func `the README says of every family what the catalogue says`() throws {
        let readme = try text("README.md")
        for entry in MetricCatalogue.all {
            let labels = entry.labels.isEmpty ? "–" : entry.labels.map { "`\($0)`" }.joined(separator: ", ")
            let definition = entry.definition
            let row =
                "| `\(definition.name)` | \(definition.type.rawValue) | \(labels) | \(definition.help) |"
            #expect(readme.contains(row), "\(row)")
        }
    }

    @Test(arguments: [
        "deploy/prometheus/alerts.yml", "dashboards/fleet.json",
        "dashboards/connector.json", "dashboards/exporter.json",
    ])
    func `what is asked for is exposed`(path: String) throws {
        let exposed = Set(MetricCatalogue.all.map(\.definition.name))
        let asked = try text(path).matches(of: /cloudflare_magic_connector_[a-z_]+/).map { String($0.output) }
        #expect(!asked.isEmpty)
        for name in Set(asked) {
            let family = name.replacing(/_(bucket|sum|count)$/, with: "")
            #expect(exposed.contains(name) || exposed.contains(family), "\(name)")
        }
    }
}
