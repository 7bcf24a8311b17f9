// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The event log and the subcommand `events` against the simulator's list of all events.
@Suite(.timeLimit(.minutes(10))) struct EventLogTests {
    private static let life = [
        "--life.speed", "120", "--history.speed", "3", "--late-share", "0.05", "--unknown-kinds", "0.05",
        "--page-limit", "25",
    ]

    /// All lines of the log and of the files that it was moved to.
    private func logged(_ fixture: ExporterFixture) throws -> [EventFields] {
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.directory.path)
            .filter { $0.hasPrefix("events.json") }
        return try names.flatMap { name in
            let text = try String(contentsOfFile: fixture.directory.file(name), encoding: .utf8)
            #expect(text.isEmpty || text.hasSuffix("\n"), "\(name) ends with an incomplete line")
            return try EventFields.parse(text)
        }
    }

    private func events(_ fixture: ExporterFixture, _ flags: String...) async throws -> ChildProgram.Result {
        try await fixture.command(["events", "--storage.path", fixture.directory.file("data")] + flags)
    }

    @Test
    func
        `the log and the command contain each event of the simulator, through SIGKILLs, late events and rotation`()
        async throws
    {
        let fixture = try await ExporterFixture(Self.life, more: "events_log: { path: events.json }")
        var random = SeededRandom(seed: 31)
        for round in 0..<6 {
            try await fixture.startExporter()
            try await Task.sleep(for: .milliseconds(Int.random(in: 400...2500, using: &random)))
            // The exporter runs while logrotate moves the file.
            try? FileManager.default.moveItem(
                atPath: fixture.directory.file("events.json"),
                toPath: fixture.directory.file("events.json.\(round)")
            )
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...1500, using: &random)))
            await fixture.killExporter()
        }
        try await fixture.startExporter()
        try await fixture.pauseEvents()
        try await fixture.expectMatchesOracle(within: 90)
        let truth = try await EventFields.all(of: fixture)
        _ = try await eventually("all events in the log", within: 90) {
            Set(try logged(fixture).map(\.key)) == Set(truth.map(\.key)) ? true : nil
        }
        // A line of the first minute may have been written without its payload after a kill.
        let lines = try logged(fixture)
        for line in Set(lines) where line.tunnelID != nil || line.url != nil { #expect(truth.contains(line)) }
        #expect(lines.count < truth.count * 3 / 2, "only some lines come twice")

        let result = try await events(fixture, "--json")
        #expect(result.status == 0, "\(result.errors)")
        let printed = try EventFields.parse(result.output)
        #expect(Set(printed) == truth)
        #expect(printed.count == truth.count)
        #expect(printed.map(\.time) == printed.map(\.time).sorted())
        #expect(result.output.contains(#""late":true"#))

        try await expectExport(fixture, of: truth)

        // The same ledger after a stop.
        fixture.exporter?.send(SIGTERM)
        #expect(await fixture.exporter?.end().status == 0)
        #expect(try await events(fixture, "--json").output == result.output)
        #expect(Set(try logged(fixture)) == Set(lines))
    }

    /// Compares the last exported count of each connector and kind with all events.
    private func expectExport(_ fixture: ExporterFixture, of truth: Set<EventFields>) async throws {
        let result = try await fixture.command([
            "export", "openmetrics", "--storage.path", fixture.directory.file("data"), "--since", "3d",
        ])
        #expect(result.status == 0, "\(result.errors)")
        var counts: [[String]: Int] = [:]
        let sample =
            /cloudflare_magic_connector_events_total\{.*connector_id="([^"]+)",kind="([^"]+)"\} ([0-9.]+)/
        for line in result.output.split(separator: "\n") {
            guard let found = line.prefixMatch(of: sample)?.output else { continue }
            counts[[String(found.1), String(found.2)]] = Double(found.3).map { Int($0) }
        }
        let expected = Dictionary(truth.map { ([$0.connector, $0.kind], 1) }, uniquingKeysWith: +)
        #expect(counts.filter { $0.value > 0 } == expected)
    }

    @Test func `the command selects by connector, site, kind and time, and follows new events`() async throws
    {
        let fixture = try await ExporterFixture(["--life.speed", "0"], polling: ["overlap: 10m"])
        try await fixture.startExporter()
        try await fixture.expectMatchesOracle()
        let truth = try await EventFields.all(of: fixture)
        let connectors = try await fixture.connectorIDs()
        let own = try EventFields.parse(
            try await events(fixture, "--json", "--connector", connectors[1]).output
        )
        #expect(Set(own) == truth.filter { $0.connector == connectors[1] })
        let rekeys = try EventFields.parse(
            try await events(fixture, "--json", "--kind", "rekey*,Init").output
        )
        #expect(Set(rekeys) == truth.filter { $0.kind.hasPrefix("Rekey") || $0.kind == "Init" })
        let times = truth.map(\.time).sorted()
        let (since, until) = (times[times.count / 3], times[times.count / 2])
        let some = try EventFields.parse(
            try await events(fixture, "--json", "--since", "\(since)", "--until", "\(until)").output
        )
        #expect(Set(some) == truth.filter { (since...until).contains($0.time) })

        let newest = try #require(times.last)
        let follower = try ChildProgram(
            "\(ChildProgram.products)/magic-connector-exporter",
            ["events", "--storage.path", fixture.directory.file("data"), "--since", "\(newest)", "--follow"],
            in: fixture.directory.path
        )
        _ = try await eventually("the listing before new events") { follower.output.isEmpty ? nil : true }
        try await fixture.inject(#"{"index": 2, "kind": "RekeyReset", "tunnel_id": "tunnel-7"}"#)
        try await fixture.inject(#"{"index": 0, "kind": "FinishAttestationFailure"}"#)
        _ = try await eventually("both events") {
            follower.output.contains("RekeyReset") && follower.output.contains("tunnel=tunnel-7")
                && follower.output.contains("FinishAttestationFailure") ? true : nil
        }
        #expect(!follower.output.contains("\u{1b}"), "no colours in a file")

        let wrong = try await events(fixture, "--connector", "nothing")
        #expect(wrong.status == 1)
        #expect(wrong.errors.contains("select none of the 4 connectors"))
        #expect(
            try await events(fixture, "--since", "soon").errors.contains("--since: \"soon\" is not a time")
        )
    }

    @Test func `a pipe whose reader ends is no error`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0", "--history.speed", "3"])
        try await fixture.startExporter()
        try await fixture.expectMatchesOracle()
        let program = "\(ChildProgram.products)/magic-connector-exporter"
        let script = "'\(program)' events --storage.path data | head -n 3; echo \"${PIPESTATUS[0]}\""
        let result = try await ChildProgram.run("bash", ["-c", script], in: fixture.directory.path)
        #expect(result.errors == "")
        #expect(result.output.split(separator: "\n").count == 4)
    }

    @Test func `continues the log when its directory can be written again`() async throws {
        let fixture = try await ExporterFixture(
            ["--life.speed", "0"],
            more: "events_log: { path: log/events.json }"
        )
        try await fixture.startExporter()
        try await fixture.expectMatchesOracle()
        _ = try await eventually("a line about the missing directory") {
            fixture.logLines(event: "events_log_failing").isEmpty ? nil : true
        }
        let pending = "\(ExporterFixture.prefix)exporter_events_log_pending_events"
        let truth = try await EventFields.all(of: fixture)
        #expect(try await fixture.scrape()[pending] == Double(truth.count))
        let directory = fixture.directory.file("log")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        _ = try await eventually("the pending lines") {
            try await fixture.scrape()[pending] == 0 ? true : nil
        }
        let lines = try EventFields.parse(
            try String(contentsOfFile: "\(directory)/events.json", encoding: .utf8)
        )
        #expect(Set(lines.map(\.key)) == Set(truth.map(\.key)))
        #expect(lines.count == truth.count)
        #expect(fixture.logLines(event: "events_log_recovered").count == 1)
    }

    @Test func `writes the log to standard output`() async throws {
        let fixture = try await ExporterFixture(
            ["--life.speed", "0", "--history.speed", "3"],
            more: "events_log: { path: \"-\" }"
        )
        try await fixture.startExporter()
        try await fixture.expectMatchesOracle()
        let truth = try await EventFields.all(of: fixture)
        _ = try await eventually("all lines") {
            try EventFields.parse(fixture.exporter?.output ?? "").count == truth.count ? true : nil
        }
        #expect(
            Set(try EventFields.parse(fixture.exporter?.output ?? "").map(\.key)) == Set(truth.map(\.key))
        )
    }
}
