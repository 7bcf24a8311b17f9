// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The way from a snapshot to a notification, with a real Prometheus and Alertmanager.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SnapshotAlertTests {
    private func fixture() async throws -> ExporterFixture {
        let fixture = try await ExporterFixture(
            ["--life.speed", "0", "--snapshots.interval", "2s", "--snapshots.incidents", "0"],
            discoveryInterval: "1s",
            more: "snapshots: { interval: 1s }\n"
        )
        try await fixture.startExporter()
        return fixture
    }

    @Test func `a tunnel that goes down notifies the receiver, and its recovery resolves the alert`()
        async throws
    {
        let fixture = try await fixture()
        let alertmanager = try await AlertmanagerServer(in: fixture)
        let rules = try await RuleFiles.alerts(
            with: "for: { MagicConnectorTunnelDown: 0s, MagicConnectorAllTunnelsDown: 0s }\n",
            in: fixture
        )
        let prometheus = try await PrometheusServer(scraping: fixture, rules: [rules], alerting: alertmanager)
        let connector = try await fixture.connectorIDs()[2]
        let health = "\(ExporterFixture.prefix)tunnel_health"
        let down = #"connector_id="\#(connector)",tunnel_id=""#
        _ = try await eventually("a healthy tunnel") {
            try await prometheus.query(
                #"count(\#(health){connector_id="\#(connector)",state="healthy"} == 1)"#
            )
            .contains { $0 > 0 } ? true : nil
        }
        func notified(_ status: String) throws -> Bool {
            try alertmanager.notifications().last {
                $0.labels["connector_id"] == connector && $0.labels["alertname"]?.contains("Tunnel") == true
            }?.status == status
        }
        func change(_ health: String) async throws {
            let body = #"{"connector": "\#(connector)", "tunnel": 0, "health": "\#(health)"}"#
            try await fixture.control("POST", "snapshots", body)
        }

        var steps = StepTimer("a tunnel goes down")
        try await change("down")
        try await steps.wait(for: "poll") {
            try await fixture.scrape().samples.contains { series, value in
                series.hasPrefix(health) && series.contains(down) && series.contains("state=\"down\"")
                    && value == 1
            }
        }
        try await steps.wait(for: "scrape") {
            let query = #"max(\#(health){connector_id="\#(connector)",state="down"})"#
            return try await prometheus.query(query) == [1]
        }
        try await steps.wait(for: "receiver") { try notified("firing") }

        steps = StepTimer("the tunnel recovers")
        try await change("healthy")
        try await steps.wait(for: "receiver") { try notified("resolved") }
    }

    @Test func `a reboot gives no negative and no huge rate`() async throws {
        let fixture = try await fixture()
        let prometheus = try await PrometheusServer(scraping: fixture)
        let connector = try await fixture.connectorIDs()[2]
        let bytes = #"\#(ExporterFixture.prefix)network_receive_bytes_total{connector_id="\#(connector)"}"#
        let cpu =
            #"sum(rate(\#(ExporterFixture.prefix)cpu_seconds_total{connector_id="\#(connector)"}[15s]))"#
        func rates() async throws -> [Double] {
            try await prometheus.query("max(rate(\(bytes)[15s]))") + prometheus.query(cpu)
        }
        let before = try await eventually("rates before the reboot", within: 60) {
            let rates = try await rates()
            return rates.count == 2 && rates.allSatisfy { $0 > 0 } ? rates : nil
        }
        try await fixture.control("POST", "snapshots", #"{"connector": "\#(connector)", "reboot": true}"#)
        _ = try await eventually("the reset of the counters", within: 30) {
            try await prometheus.query("max(resets(\(bytes)[1m]))").contains { $0 > 0 } ? true : nil
        }
        for (rate, expected) in zip(try await rates(), before) {
            #expect(rate >= 0 && rate < 20 * expected + 1, "\(rate) after the reboot, \(expected) before")
        }
    }
}
