// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct `Exactness` {
    @Test
    func
        `history, live events, unknown kinds and late events are all told as an omniscient reader tells them`()
        async throws
    {
        let world = try await World([
            "--connectors", "25", "--seed", "7", "--life.speed", "60", "--history.speed", "2", "--late-share",
            "0.05",
            "--unknown-kinds",
            "0.05",
        ])
        try await world.startExporter()
        // A minute of this life is an hour of a real one.
        _ = try await eventually("events while it polls", within: 60) {
            let scrape = try await world.scrape()
            return scrape.sum("\(World.prefix)last_event_timestamp_seconds") > 0
                && scrape.samples.contains { $0.key.contains("exporter_late_events_total") && $0.value > 20 }
                ? true : nil
        }
        try await world.pauseLife()
        try await world.expectTruth(within: 90)
        let scrape = try await world.scrape()
        for kind in EventKind.documented {
            #expect(
                scrape.sum("\(World.prefix)events_total", "kind=\"\(kind)\"") > 0,
                "\(kind) did not happen"
            )
        }
    }

    @Test(arguments: [
        ["shuffle", "repeat_pages", "duplicate_items"], ["numbers_float", "extra_fields", "null_cursor"],
        ["numbers_exponent", "missing_optional", "empty_cursor"],
    ])
    func `the counts do not depend on how the pages come`(distortions: [String]) async throws {
        let world = try await World([
            "--life.speed", "0", "--history.speed", "2", "--page-limit", "40", "--order", "newest-first",
        ])
        try await world.setFaults("[\(distortions.map { #"{"kind":"\#($0)"}"# }.joined(separator: ","))]")
        try await world.startExporter()
        try await world.expectTruth()
    }

    @Test func `an exporter that is killed again and again ends with the same counts`() async throws {
        let world = try await World(["--life.speed", "120", "--history.speed", "3", "--page-limit", "25"])
        var random = SeededRandom(seed: 20)
        for _ in 0..<6 {
            try await world.startExporter()
            // The kill may come at any instant: before the first page, amid the import, or at rest.
            try await Task.sleep(for: .milliseconds(Int.random(in: 30...900, using: &random)))
            await world.killExporter()
        }
        try await world.startExporter()
        try await world.pauseLife()
        try await world.expectTruth(within: 90)
    }

    @Test func `what happens while the exporter is down is counted when it is back`() async throws {
        let world = try await World(["--life.speed", "0"])
        try await world.startExporter()
        try await world.expectTruth()
        let kept = try await world.scrape()
        world.exporter?.send(SIGTERM)
        let ending = try #require(await world.exporter?.end())
        #expect(ending.status == 0, "\(ending.errors)")
        try await world.inject(#"{"index": 0, "kind": "FinishAttestationFailure"}"#)
        try await world.startExporter()
        let first = try await eventually("the series of before") {
            let scrape = try await world.scrape()
            return scrape.count("\(World.prefix)events_total") > 0 ? scrape : nil
        }
        for (series, value) in kept.samples where series.hasPrefix("\(World.prefix)events_total") {
            #expect((first[series] ?? -1) >= value, "\(series) went back")
        }
        try await world.expectTruth()
    }

    @Test func `stuck turns 1 within a second of its threshold, with no event, and 0 with the closing event`()
        async throws
    {
        let world = try await World(
            ["--life.speed", "0", "--history", "1m"],
            polling: ["overlap: 10m"],
            more: "stuck_after: { attestation: 8s, rekey: 8s }"
        )
        try await world.startExporter()
        try await world.expectOnlySimulatedHistory()
        let start = Int(Date.now.timeIntervalSince1970) - 2
        try await world.inject(#"{"index": 0, "kind": "StartAttestation", "t": \#(start), "a": \#(start)}"#)
        try await world.inject(
            #"{"index": 1, "kind": "RekeyStart", "tunnel_id": "t1", "t": \#(start), "a": \#(start)}"#
        )
        let threshold = Double(start + 8)
        let connectors = try await world.connectorIDs()
        let operation = Self.series("operation_stuck", connectors[0], #"operation="attestation""#)
        let rekey = Self.series("rekey_stuck", connectors[1], #"tunnel_id="t1""#)
        var lastZero = 0.0
        let firstOne: Double = try await eventually("both to turn 1") {
            let asked = Date.now.timeIntervalSince1970
            let scrape = try await world.scrape()
            if scrape[operation] == 1, scrape[rekey] == 1 { return Date.now.timeIntervalSince1970 }
            if scrape[operation] == 0 || scrape[rekey] == 0 { lastZero = asked }
            return nil
        }
        #expect(firstOne >= threshold)
        #expect(lastZero < threshold + 1, "one was still 0 a second after its threshold")
        #expect(lastZero > threshold - 1, "they were watched when they turned")
        try await world.inject(#"{"index": 0, "kind": "FinishAttestationSuccess"}"#)
        try await world.inject(#"{"index": 1, "kind": "RekeyComplete", "tunnel_id": "t1"}"#)
        _ = try await eventually("both to turn 0") {
            let scrape = try await world.scrape()
            return scrape[operation] == 0 && scrape[rekey] == 0 ? true : nil
        }
    }

    private static func series(_ family: String, _ connector: String, _ labels: String) -> String {
        "\(World.prefix)\(family){account_id=\"\(World.account)\",connector_id=\"\(connector)\",\(labels)}"
    }

    @Test func `a kind that is born later shows 0 until a scrape has seen it`() async throws {
        let world = try await World(["--life.speed", "0"], polling: ["overlap: 10m"])
        try await world.startExporter()
        try await world.expectTruth()
        try await world.inject(#"{"index": 0, "kind": "MeshJoin"}"#)
        var seen: [Double] = []
        _ = try await eventually("the new kind's count") {
            let value = try await world.scrape().samples.first {
                $0.key.contains("_events_total{") && $0.key.contains(#"kind="MeshJoin""#)
            }?.value
            if let value, seen.last != value { seen.append(value) }
            return value == 1 ? true : nil
        }
        #expect(seen == [0, 1])
    }
}

extension World {
    /// Waits until every connector was polled to its last page once.
    func expectOnlySimulatedHistory() async throws {
        _ = try await eventually("the first complete polls") {
            let scrape = try await scrape()
            return scrape.count("\(Self.prefix)events_complete_until_timestamp_seconds") == 4 ? true : nil
        }
    }
}
