// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct `Real Prometheus` {
    @Test func `promtool finds nothing to say about the whole output`() async throws {
        let world = try await World(["--unknown-kinds", "0.05", "--connectors", "6"])
        try await world.startExporter()
        _ = try await eventually("the whole output") {
            try await world.scrape().count("\(World.prefix)rekey_duration_seconds_count") > 0 ? true : nil
        }
        let scrape = try await world.scrape()
        let file = try world.directory.write(scrape.text, to: "metrics.prom")
        let check = try await Command.run(
            "sh",
            ["-c", "promtool check metrics < \(file)"],
            in: world.directory.path
        )
        #expect(check.status == 0)
        #expect(check.output + check.errors == "")
        // Every family of the design is there.
        let families = Set(
            scrape.text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map {
                $0.split(separator: " ")[2]
            }
        )
        for name in Self.designed { #expect(families.contains("\(World.prefix)\(name)"), "\(name)") }
    }

    /// The names of the design that a simulated fleet has values for.
    private static let designed: [Substring] = [
        "info", "activated", "primary", "last_heartbeat_timestamp_seconds", "events_total",
        "last_event_timestamp_seconds", "event_delivery_delay_seconds", "failure_ratio",
        "consecutive_failures",
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

    @Test func `a real Prometheus scrapes it and counts what happens`() async throws {
        let world = try await World(["--life.speed", "0"])
        try await world.startExporter()
        try await world.expectTruth()
        let prometheus = try await PrometheusServer(scraping: world)
        let total = try await world.scrape().sum("\(World.prefix)events_total")
        _ = try await eventually("the scrape") {
            try await prometheus.query("sum(\(World.prefix)events_total)") == [total] ? true : nil
        }
        #expect(try await prometheus.query("up") == [1])
        #expect(try await prometheus.query("scrape_samples_scraped").allSatisfy { $0 > 300 })
        try await world.inject(#"{"index": 0, "kind": "FinishAttestationFailure"}"#)
        let increase = #"sum(increase(\#(World.prefix)events_total{kind="FinishAttestationFailure"}[1m]))"#
        _ = try await eventually("the increase") {
            try await prometheus.query(increase).contains { $0 > 0 } ? true : nil
        }
        let failures = try await prometheus.query(
            #"max(\#(World.prefix)consecutive_failures{operation="attestation"})"#
        )
        #expect(failures.contains { $0 >= 1 })
    }

    @Test func `every query of every dashboard has data, and every variable has values`() async throws {
        // A life that is fast enough for rates, and all that may go wrong.
        let world = try await World([
            "--connectors", "6", "--life.speed", "200", "--history.speed", "1", "--unknown-kinds", "0.05",
            "--late-share", "0.05",
        ])
        try await world.startExporter()
        let prometheus = try await PrometheusServer(scraping: world)
        _ = try await eventually("the scrape") { try await prometheus.query("up") == [1] ? true : nil }
        try await world.setFaults(#"[{"kind":"status","param":"500","endpoint":"events","share":0.2}]"#)
        // Something to see for the annotations, and in the panels that show what is wrong alone.
        let kinds = [
            "StartAttestation", "FinishAttestationFailure", "HaError", "RekeyReset", "RekeyInstallBoth",
            "StartUpgrade", "FinishUpgradeSuccess", "Leave",
        ]
        for kind in kinds { try await world.inject(#"{"index": 0, "kind": "\#(kind)"}"#) }
        for file in ["fleet.json", "connector.json", "exporter.json"] {
            let dashboard = try Dashboard(file: file)
            #expect(dashboard.queries.count > 15, "\(file)")
            #expect(dashboard.lists.count > 2, "\(file)")
            for query in dashboard.queries {
                #expect(try await prometheus.accepts(query.expression), "\(file): \(query.expression)")
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
