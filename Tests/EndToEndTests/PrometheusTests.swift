// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A real Prometheus, and promtool.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PrometheusTests {
    @Test func `promtool accepts the complete exposition`() async throws {
        let fixture = try await ExporterFixture(["--unknown-kinds", "0.05", "--connectors", "6"])
        try await fixture.startExporter()
        _ = try await eventually("all families") {
            try await fixture.scrape().count("\(ExporterFixture.prefix)rekey_duration_seconds_count") > 0
                ? true : nil
        }
        let scrape = try await fixture.scrape()
        let file = try fixture.directory.write(scrape.text, to: "metrics.prom")
        let check = try await ChildProgram.run(
            "sh",
            ["-c", "promtool check metrics < \(file)"],
            in: fixture.directory.path
        )
        #expect(check.status == 0)
        #expect(check.output + check.errors == "")

        let families = Set(
            scrape.text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map {
                $0.split(separator: " ")[2]
            }
        )
        for name in Self.families {
            #expect(families.contains("\(ExporterFixture.prefix)\(name)"), "\(name)")
        }
    }

    /// The panels without data in a healthy fleet; `dashboards/query_test.py` tests them with data.
    private static let withoutData = ["Firing alerts", "Offline connectors", "Token expires in", "Alerts"]

    /// The families that a simulated fleet has values for.
    private static let families: [Substring] = [
        "info", "site_info", "site_location_info", "last_event_delivery_delay_seconds",
        "configured_poll_interval_seconds", "discovery_interval_seconds", "connectors_missing",
        "last_successful_discovery_timestamp_seconds", "activated", "primary",
        "last_heartbeat_timestamp_seconds", "events_total",
        "last_event_timestamp_seconds", "event_delivery_delay_seconds", "operation_failure_ratio",
        "operation_finishes",
        "operation_consecutive_failures",
        "operation_in_progress", "operation_start_timestamp_seconds", "operation_stuck",
        "operation_duration_seconds",
        "rekey_phase", "rekey_phase_start_timestamp_seconds", "rekey_stuck", "rekeys_completed_total",
        "rekey_resets_total", "rekey_duration_seconds", "agent_running", "agent_unclean_restarts_total",
        "poll_success", "last_successful_poll_timestamp_seconds", "events_complete_until_timestamp_seconds",
        "poll_interval_seconds", "discovery_success", "connectors", "exporter_build_info",
        "exporter_api_requests_total", "exporter_api_request_duration_seconds",
        "exporter_api_budget_remaining",
        "exporter_poll_failures_total", "exporter_duplicate_events_total", "exporter_late_events_total",
        "exporter_discarded_events_total", "exporter_unknown_kind_events_total",
        "exporter_storage_write_failures_total", "exporter_scrapes_total", "exporter_scrapes_in_flight",
        "exporter_config_last_reload_successful",
    ]

    @Test func `Prometheus scrapes the exporter and computes an increase`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        try await fixture.startExporter()
        try await fixture.expectMatchesOracle()
        let prometheus = try await PrometheusServer(scraping: fixture)
        let total = try await fixture.scrape().sum("\(ExporterFixture.prefix)events_total")
        _ = try await eventually("the scrape") {
            try await prometheus.query("sum(\(ExporterFixture.prefix)events_total)") == [total] ? true : nil
        }
        #expect(try await prometheus.query("up") == [1])
        #expect(try await prometheus.query("scrape_samples_scraped").allSatisfy { $0 > 300 })
        try await fixture.inject(#"{"index": 0, "kind": "FinishAttestationFailure"}"#)
        let increase =
            #"sum(increase(\#(ExporterFixture.prefix)events_total{kind="FinishAttestationFailure"}[1m]))"#
        _ = try await eventually("the increase") {
            try await prometheus.query(increase).contains { $0 > 0 } ? true : nil
        }
        let failures = try await prometheus.query(
            #"max(\#(ExporterFixture.prefix)operation_consecutive_failures{operation="attestation"})"#
        )
        #expect(failures.contains { $0 >= 1 })
    }

    @Test func `every dashboard query has data, and every variable has values`() async throws {
        // Fast enough for rates, with unknown and late events.
        let fixture = try await ExporterFixture(
            [
                "--connectors", "6", "--life.speed", "200", "--history.speed", "1", "--unknown-kinds", "0.05",
                "--late-share", "0.05", "--snapshots.interval", "2s",
            ],
            more: "snapshots: { interval: 1s }\n"
        )
        try await fixture.startExporter()
        let prometheus = try await PrometheusServer(scraping: fixture)
        _ = try await eventually("the scrape") { try await prometheus.query("up") == [1] ? true : nil }
        try await fixture.setFaults(#"[{"kind":"status","param":"500","endpoint":"events","share":0.2}]"#)
        // Data for the annotations and for the panels that show failures only.
        let kinds = [
            "StartAttestation", "FinishAttestationFailure", "HaError", "RekeyReset", "RekeyInstallBoth",
            "StartUpgrade", "FinishUpgradeSuccess", "HaTransition", "Init", "Leave",
        ]
        for kind in kinds { try await fixture.inject(#"{"index": 0, "kind": "\#(kind)"}"#) }
        for file in ["fleet.json", "connector.json", "exporter.json", "health.json"] {
            let dashboard = try Dashboard(file: file)
            #expect(dashboard.queries.count > 15, "\(file)")
            #expect(dashboard.lists.count > 2, "\(file)")
            for query in dashboard.queries {
                #expect(try await prometheus.accepts(query.expression), "\(file): \(query.expression)")
                guard !Self.withoutData.contains(query.of) else { continue }
                let found = try? await eventually(query.of, within: 60) {
                    try await prometheus.query(query.expression).contains { $0.isFinite } ? true : nil
                }
                #expect(found == true, "\(file), \(query.of) has no data: \(query.expression)")
            }
            for list in dashboard.lists {
                let values = try await prometheus.values(of: list.label, in: list.selector)
                #expect(!values.isEmpty, "\(file), $\(list.name): \(list.selector)")
            }
        }
    }
}
