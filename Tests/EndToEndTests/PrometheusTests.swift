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
        let port = Int.random(in: 20_000...30_000)
        let target = world.address.replacing("http://", with: "")
        let configuration = try world.directory.write(
            """
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs:
              - job_name: magic-connector-exporter
                static_configs: [{ targets: ["\(target)"] }]
            """,
            to: "prometheus.yml"
        )
        let prometheus = try Command(
            "prometheus",
            [
                "--config.file=\(configuration)", "--storage.tsdb.path=\(world.directory.file("tsdb"))",
                "--web.listen-address=127.0.0.1:\(port)", "--log.level=warn",
            ],
            in: world.directory.path
        )
        func query(_ expression: String) async throws -> [Double] {
            let answer = try? await world.web.ask(
                "http://127.0.0.1:\(port)/api/v1/query",
                ["--get", "--data-urlencode", "query=\(expression)"]
            )
            guard let answer, answer.status == 200 else { return [] }
            let values = answer.body.matches(of: /"value":\[[0-9.]+,"([^"]+)"\]/)
            return values.compactMap { Double($0.output.1) }
        }
        let total = try await world.scrape().sum("\(World.prefix)events_total")
        _ = try await eventually("the scrape") {
            guard prometheus.isRunning else { throw NotInTime(description: prometheus.errors) }
            return try await query("sum(\(World.prefix)events_total)") == [total] ? true : nil
        }
        #expect(try await query("up") == [1])
        #expect(try await query("scrape_samples_scraped")[0] > 300)
        try await world.inject(#"{"index": 0, "kind": "FinishAttestationFailure"}"#)
        _ = try await eventually("the increase") {
            let increase = try await query(
                #"sum(increase(\#(World.prefix)events_total{kind="FinishAttestationFailure"}[1m]))"#
            )
            return increase.first.map { $0 > 0 } == true ? true : nil
        }
        #expect(
            try await query(#"max(\#(World.prefix)consecutive_failures{operation="attestation"})"#)[0] >= 1
        )
    }
}
