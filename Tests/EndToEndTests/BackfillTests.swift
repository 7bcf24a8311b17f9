// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Foundation
import TestSupport
import Testing

/// `export openmetrics`, read by promtool, Prometheus and the reference parser.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BackfillTests {
    private static let prefix = ExporterFixture.prefix
    private static let day = 86_400

    /// Prints the number of families and the last sample of each counter.
    private static let reader = """
        import sys
        from prometheus_client.openmetrics.parser import text_fd_to_metric_families
        with open(sys.argv[1]) as file:
            families = list(text_fd_to_metric_families(file))
        print(len(families))
        for family in families:
            last = {}
            for sample in family.samples:
                key = tuple(sorted(sample.labels.items()))
                if family.type == "counter":
                    assert sample.value >= last.get(key, 0), (family.name, key)
                last[key] = sample.value
            if family.name == "cloudflare_magic_connector_events":
                for key, value in last.items():
                    labels = dict(key)
                    print(labels["connector_id"], labels["kind"], int(value))
        """

    /// Starts an exporter that has imported five days.
    private func imported(_ flags: [String] = []) async throws -> ExporterFixture {
        let fixture = try await ExporterFixture(
            [
                "--connectors", "2", "--history", "5d", "--life.speed", "0", "--unknown-kinds", "0.05",
                "--late-share",
                "0.02",
            ] + flags,
            initialLookback: "6d",
            more: "snapshots: { enabled: false }\n"
        )
        try await fixture.startExporter()
        try await fixture.expectMatchesOracle(within: 90)
        return fixture
    }

    private func export(_ fixture: ExporterFixture, _ flags: [String]) async throws -> String {
        let file = fixture.directory.file("history.om")
        let result = try await ChildProgram.run(
            "\(ChildProgram.products)/magic-connector-exporter",
            [
                "export", "openmetrics", "--config.file", fixture.configurationFile, "--storage.path",
                fixture.directory.file("data"), "--output", file,
            ] + flags,
            in: fixture.directory.path
        )
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.output == "")
        #expect(result.errors.contains(": exported "))
        #expect(!result.errors.contains("\u{1b}"), "the progress is for terminals")
        return file
    }

    /// Returns the last samples of `events_total` by connector and kind, as the reference parser reads them.
    private func read(_ file: String, _ fixture: ExporterFixture) async throws -> [String: Int] {
        let result = try await ChildProgram.run(
            "/usr/bin/python3",
            ["-c", Self.reader, file],
            in: fixture.directory.path
        )
        try #require(result.status == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n")
        #expect(Int(lines.first ?? "") ?? 0 >= 17)
        var counts: [String: Int] = [:]
        for line in lines.dropFirst() {
            guard let space = line.lastIndex(of: " ") else { continue }
            counts[String(line[..<space])] = Int(line[line.index(after: space)...])
        }
        return counts
    }

    private func createBlocks(_ file: String, _ name: String, _ fixture: ExporterFixture) async throws {
        let blocks = try await ChildProgram.run(
            "promtool",
            [
                "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=24h", file,
                fixture.directory.file("\(name).tsdb"),
            ],
            in: fixture.directory.path
        )
        try #require(blocks.status == 0, "\(blocks.errors)")
    }

    @Test
    func
        `the increase over each past day is the number of its events, and the exporter continues without a reset`()
        async throws
    {
        let fixture = try await imported()
        let target = "127.0.0.1:\(fixture.port)"
        let file = try await export(
            fixture,
            ["--label", "job=magic-connector-exporter", "--label", "instance=\(target)"]
        )
        try await createBlocks(file, "backfill", fixture)
        let prometheus = try await PrometheusServer(
            scraping: fixture,
            name: "backfill",
            flags: ["--storage.tsdb.retention.time=100d"]
        )
        _ = try await eventually("the scrape") { try await prometheus.query("up") == [1] ? true : nil }

        let connectors = try await fixture.connectorIDs()
        var events: [String: [Oracle.Listed]] = [:]
        for connector in connectors { events[connector] = try await Oracle.events(of: connector, fixture) }
        try await expectIncreases(of: events, prometheus)
        try await expectStates(of: events, prometheus)

        // The series that the exporter exposes are those of the export, and they continue.
        let kinds = try await prometheus.vector("\(Self.prefix)events_total")
        let start = #"min_over_time(\#(Self.prefix)events_total[6d]) >= 0"#
        #expect(kinds.count > 60)
        #expect(try await prometheus.query("count(\(start))") == [Double(kinds.count)])
        try await fixture.inject(#"{"index": 0, "kind": "FinishAttestationFailure"}"#)
        let failures =
            #"\#(Self.prefix)events_total{connector_id="\#(connectors[0])",kind="FinishAttestationFailure"}"#
        let before = try #require(
            kinds.first {
                $0.key["connector_id"] == connectors[0] && $0.key["kind"] == "FinishAttestationFailure"
            }
        )
        _ = try await eventually("the live event") {
            try await prometheus.query(failures) == [before.value + 1] ? true : nil
        }
        for counter in [
            "events_total", "rekeys_completed_total", "rekey_resets_total", "agent_unclean_restarts_total",
        ] {
            let resets = try await prometheus.vector("resets(\(Self.prefix)\(counter)[7d])")
            #expect(resets.count > 1 && resets.values.allSatisfy { $0 == 0 }, "\(counter): \(resets)")
        }
        #expect(
            try await prometheus.query("count(count by (__name__, instance) ({connector_id!=\"\"}))").first
                ?? 0 > 20
        )
        #expect(try await prometheus.query("count(count by (instance) ({connector_id!=\"\"}))") == [1])
    }

    /// Compares the increase over each complete day with the simulator's list of events.
    private func expectIncreases(of events: [String: [Oracle.Listed]], _ prometheus: PrometheusServer)
        async throws
    {
        let now = Int(Date.now.timeIntervalSince1970)
        let today = now - now % Self.day
        var days = 0
        for end in stride(from: today, to: now - 4 * Self.day, by: -Self.day) {
            let query = "increase(\(Self.prefix)events_total[1d] @ \(end))"
            let increases = try await prometheus.vector(query)
            var found: [String: Double] = [:]
            for (metric, value) in increases {
                found["\(metric["connector_id"] ?? "") \(metric["kind"] ?? "")"] = value
            }
            var total = 0
            for (connector, listed) in events {
                let own = listed.filter { $0.t >= end - Self.day && $0.t < end }
                for kind in Set(EventKind.documented.map(\.rawValue)).union(own.map(\.k)) {
                    let expected = own.count { $0.k == kind }
                    #expect(
                        found["\(connector) \(kind)"] == Double(expected),
                        "\(kind) of \(connector) until \(end)"
                    )
                    total += expected
                }
            }
            #expect(total > 500)
            #expect(found.values.reduce(0, +) == Double(total))
            days += 1
        }
        #expect(days >= 4)
    }

    /// Compares the states after some events with the oracle, each at its own time.
    private func expectStates(of events: [String: [Oracle.Listed]], _ prometheus: PrometheusServer)
        async throws
    {
        let names = "operation_.*|rekey_.*|agent_running|last_event_.*"
        var seen: Set<String> = []
        for (connector, listed) in events {
            let failures = listed.filter { $0.k == "FinishAttestationFailure" }
            let others = stride(from: 30, to: listed.count, by: 71).map { listed[$0] }
            for event in failures.prefix(5) + others {
                let known = listed.filter { $0.t <= event.t }
                let expected = Oracle.expected(of: connector, known, now: Double(event.t))
                let selector = #"{__name__=~"\#(Self.prefix)(\#(names))",connector_id="\#(connector)"}"#
                let states = try await prometheus.vector("\(selector) @ \(event.t)")
                #expect(!states.isEmpty, "\(event)")
                for (metric, value) in states where metric["__name__"]?.hasSuffix("_total") == false {
                    let series = series(metric)
                    #expect(value == expected[series], "\(series) at \(event.t)")
                    seen.insert(metric["__name__"] ?? "")
                }
                let newest = "\(Self.prefix)last_event_timestamp_seconds"
                #expect(
                    states.contains {
                        $0.key["__name__"] == newest && $0.key["kind"] == event.k && Int($0.value) == event.t
                    }
                )
            }
        }
        #expect(seen.count >= 11, "\(seen)")
    }

    /// Returns a series as the exposition writes it, without the labels of the scrape.
    private func series(_ metric: [String: String]) -> String {
        let order = [
            "account_id", "connector_id", "kind", "operation", "tunnel_id", "outcome", "phase", "window",
        ]
        let labels = order.compactMap { name in metric[name].map { "\(name)=\"\($0)\"" } }
        return "\(metric["__name__"] ?? ""){\(labels.joined(separator: ","))}"
    }

    @Test func `the last samples are the counts of the exporter`() async throws {
        let fixture = try await imported()
        let counts = try await read(try await export(fixture, []), fixture)
        let scrape = try await fixture.scrape()
        for connector in try await fixture.connectorIDs() {
            for kind in EventKind.documented {
                let series =
                    "\(Self.prefix)events_total{account_id=\"\(ExporterFixture.account)\",connector_id=\"\(connector)\",kind=\"\(kind)\"}"
                #expect(counts["\(connector) \(kind)"].map(Double.init) == scrape[series], "\(series)")
            }
        }
        #expect(Double(counts.values.reduce(0, +)) == scrape.sum("\(Self.prefix)events_total"))
    }

    @Test func `an end in the past leaves out the events that Cloudflare collected later`() async throws {
        let fixture = try await imported()
        let connector = try await fixture.connectorIDs()[1]
        let listed = try await Oracle.events(of: connector, fixture)
        let late = try #require(listed.last { $0.a - $0.t > 3600 && $0.a < listed[listed.count - 1].t })
        let end = late.t + 60
        let file = try await export(
            fixture,
            ["--until", "\(end)", "--connector", connector, "--step", "15s"]
        )
        let counts = try await read(file, fixture)
        let expected = listed.filter { $0.t < end && $0.a <= end }
        #expect(counts.values.reduce(0, +) == expected.count)
        #expect(expected.count < listed.count { $0.t < end })
        #expect(counts["\(connector) \(late.k)"] == expected.count { $0.k == late.k })
        #expect(counts.keys.allSatisfy { $0.hasPrefix(connector) })
    }

    @Test
    func `reports a full disk, an unknown connector and a missing ledger, and ends silently with its pipe`()
        async throws
    {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        try await fixture.startExporter()
        try await fixture.expectMatchesOracle()
        let program = "\(ChildProgram.products)/magic-connector-exporter"
        func run(_ flags: String, _ suffix: String = "") async throws -> ChildProgram.Result {
            let command = "\(program) export openmetrics \(flags) \(suffix)"
            return try await ChildProgram.run(
                "bash",
                ["-o", "pipefail", "-c", command],
                in: fixture.directory.path
            )
        }

        let full = try await run("--storage.path data -o /dev/full")
        #expect(full.status == 1)
        #expect(full.errors == "magic-connector-exporter: cannot write /dev/full: No space left on device\n")
        let unknown = try await run("--storage.path data --connector x")
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("--connector: \"x\" is not in the ledger"))
        let missing = try await run("--storage.path missing")
        #expect(missing.status == 1)
        #expect(missing.errors.contains("missing: contains no ledger"))
        let pipe = try await run("--storage.path data --step 1s", "| head -1")
        #expect(pipe.status == 0)
        #expect(pipe.output == "# TYPE \(Self.prefix)info gauge\n")
        #expect(pipe.errors == "")
    }
}
