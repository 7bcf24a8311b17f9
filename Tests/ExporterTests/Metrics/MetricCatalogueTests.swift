// SPDX-License-Identifier: Apache-2.0

import Exposition
import Exporter
import Exposition
import Foundation
import Testing

@Suite struct MetricCatalogueTests {
    @Test func `declares each family once, with a known prefix`() {
        let names = MetricCatalogue.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.hasPrefix("cloudflare_magic_connector_") || $0.hasPrefix("process_") })
    }

    @Test(arguments: [
        "deploy/prometheus/alerts.yml", "dashboards/fleet.json",
        "dashboards/connector.json", "dashboards/exporter.json", "dashboards/health.json",
    ])
    func `declares the families that alerts and dashboards query`(path: String) throws {
        let declared = Set(MetricCatalogue.all.map(\.name))
        let text = try String(contentsOf: repository.appending(path: path), encoding: .utf8)
        let queried = text.matches(of: /[a-z_:]*cloudflare_magic_connector_[a-z0-9_:]+/)
            .map { String($0.output) }.filter { !$0.contains(":") }
        #expect(!queried.isEmpty)
        // Names with a colon are recording rules.
        for name in Set(queried) {
            let family = name.replacing(/_(bucket|sum|count)$/, with: "")
            #expect(declared.contains(name) || declared.contains(family), "\(name)")
        }
    }

    private let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}
