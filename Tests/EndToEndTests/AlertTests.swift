// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct `From an event to a pager` {
    private static let alert = "MagicConnectorAttestationFailed"
    private static let rules = ["deploy/prometheus/alerts.yml", "deploy/prometheus/rules.yml"]

    @Test func `a failed attestation is told to the receiver, and its end with the next success`()
        async throws
    {
        let world = try await World(["--life.speed", "0"])
        try await world.startExporter()
        try await world.expectTruth()
        let alertmanager = try await AlertmanagerServer(in: world)
        let prometheus = try await PrometheusServer(
            scraping: world,
            rules: Self.rules,
            alerting: alertmanager
        )
        let connector = try await world.connectorIDs()[0]
        let family = "\(World.prefix)consecutive_failures"
        let labels = #"connector_id="\#(connector)",operation="attestation""#
        // History may have left it failing, and that is another story.
        try await world.inject(#"{"index": 0, "kind": "FinishAttestationSuccess"}"#)
        _ = try await eventually("no failure before") {
            try await prometheus.query("\(family){\(labels)}") == [0] ? true : nil
        }
        _ = try await eventually("no alert before") {
            try await prometheus.isFiring(Self.alert, on: connector) ? nil : true
        }

        var steps = Steps("an attestation fails")
        try await world.inject(#"{"index": 0, "kind": "FinishAttestationFailure"}"#)
        try await steps.take("poll") { try await world.scrape().sum(family, labels) > 0 }
        try await steps.take("scrape") { try await prometheus.query("\(family){\(labels)}") == [1] }
        try await steps.take("rule") { try await prometheus.isFiring(Self.alert, on: connector) }
        try await steps.take("Alertmanager") { try await alertmanager.has(Self.alert, of: connector) }
        try await steps.take("receiver") {
            try Self.told(alertmanager, of: connector).last?.status == "firing"
        }
        let told = try #require(try Self.told(alertmanager, of: connector).last)
        #expect(told.labels["severity"] == "critical")
        #expect(told.annotations["description"]?.contains(connector) == true)
        let page = try #require(told.annotations["runbook_url"]?.split(separator: "/blob/main/").last)
        #expect(FileManager.default.fileExists(atPath: "\(Command.root)/\(page)"))

        // A restart of the exporter is no news.
        await world.killExporter()
        _ = try await eventually("a scrape that fails") {
            try await prometheus.query("up") == [0] ? true : nil
        }
        try await world.startExporter()
        _ = try await eventually("a scrape") { try await prometheus.query("up") == [1] ? true : nil }
        #expect(try await prometheus.isFiring(Self.alert, on: connector))
        #expect(try Self.told(alertmanager, of: connector).last?.status == "firing")

        steps = Steps("the next attestation succeeds")
        try await world.inject(#"{"index": 0, "kind": "FinishAttestationSuccess"}"#)
        try await steps.take("poll") { try await world.scrape().sum(family, labels) == 0 }
        try await steps.take("scrape") { try await prometheus.query("\(family){\(labels)}") == [0] }
        try await steps.take("rule") { try await !prometheus.isFiring(Self.alert, on: connector) }
        try await steps.take("receiver") {
            try Self.told(alertmanager, of: connector).last?.status == "resolved"
        }
        #expect(
            try Self.told(alertmanager, of: connector).map(\.status).filter { $0 == "resolved" }.count == 1
        )
    }

    private static func told(_ alertmanager: AlertmanagerServer, of connector: String) throws
        -> [AlertmanagerServer.Notification]
    {
        try alertmanager.notifications().filter {
            $0.labels["alertname"] == alert && $0.labels["connector_id"] == connector
        }
    }

    @Test func `a token without permission is told, also by an exporter that starts with it`() async throws {
        let world = try await World(["--life.speed", "0", "--token", "simulator-token:none"])
        try await world.startExporter()
        let prometheus = try await PrometheusServer(scraping: world, rules: Self.rules)
        let reasons = #"ALERTS{alertname="MagicConnectorUnauthorized",alertstate="firing"}"#
        _ = try await eventually("the alert") {
            try await prometheus.query(reasons) == [1] ? true : nil
        }
    }

    @Test func `Prometheus understands what the pages and the README tell to ask`() async throws {
        let world = try await World(["--life.speed", "0"])
        try await world.startExporter()
        let prometheus = try await PrometheusServer(scraping: world)
        _ = try await eventually("the scrape") { try await prometheus.query("up") == [1] ? true : nil }
        let folder = "\(Command.root)/deploy/runbooks"
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }
        #expect(pages.count > 20)
        for page in pages {
            let text = try String(contentsOfFile: page, encoding: .utf8)
            let blocks = text.matches(of: /```promql\n((?:.|\n)*?)```/).map { $0.output.1 }
            #expect(!blocks.isEmpty, "\(page)")
            for expression in blocks.flatMap({ $0.split(separator: "\n") }) {
                #expect(try await prometheus.accepts(String(expression)), "\(page): \(expression)")
            }
        }
        let readme = try String(contentsOfFile: "\(Command.root)/README.md", encoding: .utf8)
        for block in readme.matches(of: /```promql\n((?:.|\n)*?)```/) {
            #expect(try await prometheus.accepts(String(block.output.1)), "\(block.output.1)")
        }
    }
}
