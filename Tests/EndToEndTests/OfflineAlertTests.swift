// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Alerts on connectors without power, with a real Prometheus.
@Suite(.serialized, .timeLimit(.minutes(5))) struct OfflineAlertTests {
    private struct Fixture {
        let exporter: ExporterFixture
        let prometheus: PrometheusServer
        let connectors: [String]

        init() async throws {
            exporter = try await ExporterFixture(["--life.speed", "0"], discoveryInterval: "1s")
            try await exporter.startExporter()
            // The same rules without a delay.
            let alerts = try await RuleFiles.alerts(
                with: "for: { MagicConnectorOffline: 0s }\n",
                in: exporter
            )
            prometheus = try await PrometheusServer(scraping: exporter, rules: [alerts])
            connectors = try await exporter.connectorIDs()
        }

        func setPower(_ body: String) async throws {
            try await exporter.control("POST", "connectors", body)
        }

        /// Waits until the alert of a connector has a severity, or is silent.
        func expectOffline(_ connector: Int, _ severity: String?) async throws {
            let labels =
                #"alertname="MagicConnectorOffline",alertstate="firing",connector_id="\#(connectors[connector])""#
            for candidate in ["critical", "warning"] {
                let expected: [Double] = candidate == severity ? [1] : []
                _ = try await eventually("connector \(connector): \(severity ?? "silent")", within: 60) {
                    let query = #"ALERTS{\#(labels),severity="\#(candidate)"}"#
                    return try await prometheus.query(query) == expected ? true : nil
                }
            }
        }
    }

    @Test func `a connector without power pages, unless the partner of its site is alive`() async throws {
        let fixture = try await Fixture()
        // The first two connectors are a high-availability pair, and the third is alone.
        try await fixture.setPower(#"{"power_off": "\#(fixture.connectors[2])", "ago": 290}"#)
        try await fixture.expectOffline(2, "critical")
        try await fixture.setPower(#"{"power_off": "\#(fixture.connectors[0])", "ago": 400}"#)
        try await fixture.expectOffline(0, "warning")
        try await fixture.setPower(#"{"power_off": "\#(fixture.connectors[1])", "ago": 400}"#)
        try await fixture.expectOffline(0, "critical")
        try await fixture.expectOffline(1, "critical")
        try await fixture.setPower(#"{"power_on": "\#(fixture.connectors[1])"}"#)
        try await fixture.expectOffline(1, nil)
        try await fixture.expectOffline(0, "warning")
        // A deactivated connector is silent.
        try await fixture.setPower(#"{"deactivate": "\#(fixture.connectors[2])"}"#)
        try await fixture.expectOffline(2, nil)
    }
}
