// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The way from an event to a notification, with a real Prometheus and Alertmanager.
@Suite(.serialized, .timeLimit(.minutes(5))) struct AlertTests {
    private static let alert = "MagicConnectorAttestationFailed"
    private static let rules = ["deploy/prometheus/alerts.yml", "deploy/prometheus/rules.yml"]

    @Test func `a failed attestation notifies the receiver, and the next success resolves it`()
        async throws
    {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        try await fixture.startExporter()
        try await fixture.expectMatchesOracle()
        let alertmanager = try await AlertmanagerServer(in: fixture)
        let prometheus = try await PrometheusServer(
            scraping: fixture,
            rules: Self.rules,
            alerting: alertmanager
        )
        let connector = try await fixture.connectorIDs()[0]
        let family = "\(ExporterFixture.prefix)operation_consecutive_failures"
        let labels = #"connector_id="\#(connector)",operation="attestation""#
        // The generated history may end with a failure.
        try await fixture.inject(#"{"index": 0, "kind": "FinishAttestationSuccess"}"#)
        _ = try await eventually("no failure before") {
            try await prometheus.query("\(family){\(labels)}") == [0] ? true : nil
        }
        _ = try await eventually("no alert before") {
            try await prometheus.isFiring(Self.alert, on: connector) ? nil : true
        }

        var steps = StepTimer("an attestation fails")
        try await fixture.inject(#"{"index": 0, "kind": "FinishAttestationFailure"}"#)
        try await steps.wait(for: "poll") { try await fixture.scrape().sum(family, labels) > 0 }
        try await steps.wait(for: "scrape") { try await prometheus.query("\(family){\(labels)}") == [1] }
        try await steps.wait(for: "rule") { try await prometheus.isFiring(Self.alert, on: connector) }
        try await steps.wait(for: "Alertmanager") { try await alertmanager.has(Self.alert, of: connector) }
        try await steps.wait(for: "receiver") {
            try Self.notifications(alertmanager, of: connector).last?.status == "firing"
        }
        let notification = try #require(try Self.notifications(alertmanager, of: connector).last)
        #expect(notification.labels["severity"] == "warning")
        #expect(notification.annotations["description"]?.contains(connector) == true)
        let page = try #require(notification.annotations["runbook_url"]?.split(separator: "/blob/main/").last)
        #expect(FileManager.default.fileExists(atPath: "\(ChildProgram.root)/\(page)"))

        // A restart of the exporter neither resolves nor repeats the alert.
        await fixture.killExporter()
        _ = try await eventually("a failed scrape") {
            try await prometheus.query("up") == [0] ? true : nil
        }
        try await fixture.startExporter()
        _ = try await eventually("a scrape") { try await prometheus.query("up") == [1] ? true : nil }
        #expect(try await prometheus.isFiring(Self.alert, on: connector))
        #expect(try Self.notifications(alertmanager, of: connector).last?.status == "firing")

        steps = StepTimer("the next attestation succeeds")
        try await fixture.inject(#"{"index": 0, "kind": "FinishAttestationSuccess"}"#)
        try await steps.wait(for: "poll") { try await fixture.scrape().sum(family, labels) == 0 }
        try await steps.wait(for: "scrape") { try await prometheus.query("\(family){\(labels)}") == [0] }
        try await steps.wait(for: "rule") { try await !prometheus.isFiring(Self.alert, on: connector) }
        try await steps.wait(for: "receiver") {
            try Self.notifications(alertmanager, of: connector).last?.status == "resolved"
        }
        #expect(
            try Self.notifications(alertmanager, of: connector).map(\.status).filter { $0 == "resolved" }
                .count == 1
        )
    }

    private static func notifications(_ alertmanager: AlertmanagerServer, of connector: String) throws
        -> [AlertmanagerServer.Notification]
    {
        try alertmanager.notifications().filter {
            $0.labels["alertname"] == alert && $0.labels["connector_id"] == connector
        }
    }

    @Test func `an exporter that starts with a token without permission raises an alert`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0", "--token", "simulator-token:none"])
        try await fixture.startExporter()
        // The same rules without a delay.
        let alerts = try await RuleFiles.alerts(
            with: "for: { MagicConnectorUnauthorized: 0s }\n",
            in: fixture
        )
        let prometheus = try await PrometheusServer(scraping: fixture, rules: [alerts])
        let reasons = #"ALERTS{alertname="MagicConnectorUnauthorized",alertstate="firing"}"#
        _ = try await eventually("the alert") {
            try await prometheus.query(reasons) == [1] ? true : nil
        }
    }

    @Test func `Prometheus accepts every query of the runbooks and the pages`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        try await fixture.startExporter()
        let prometheus = try await PrometheusServer(scraping: fixture)
        _ = try await eventually("the scrape") { try await prometheus.query("up") == [1] ? true : nil }
        let folder = "\(ChildProgram.root)/deploy/runbooks"
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
        let docs = "\(ChildProgram.root)/deploy/docs"
        for name in try FileManager.default.contentsOfDirectory(atPath: docs) {
            let page = try String(contentsOfFile: "\(docs)/\(name)", encoding: .utf8)
            for block in page.matches(of: /```promql\n((?:.|\n)*?)```/) {
                #expect(try await prometheus.accepts(String(block.output.1)), "\(name): \(block.output.1)")
            }
        }
    }
}
