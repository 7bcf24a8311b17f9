// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Foundation
import TestSupport
import Testing

/// Counts and states against the oracle, which reads the complete list of events.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CountingTests {
    @Test func `history, live, unknown and late events match the oracle`() async throws {
        let fixture = try await ExporterFixture([
            "--connectors", "25", "--seed", "7", "--life.speed", "60", "--history.speed", "2", "--late-share",
            "0.05",
            "--unknown-kinds",
            "0.05",
        ])
        try await fixture.startExporter()
        // A second is a simulated minute.
        _ = try await eventually("events while it polls", within: 60) {
            let scrape = try await fixture.scrape()
            return scrape.sum("\(ExporterFixture.prefix)last_event_timestamp_seconds") > 0
                && scrape.samples.contains { $0.key.contains("exporter_late_events_total") && $0.value > 20 }
                ? true : nil
        }
        try await fixture.pauseEvents()
        try await fixture.expectMatchesOracle(within: 90)
        let scrape = try await fixture.scrape()
        for kind in EventKind.documented {
            #expect(
                scrape.sum("\(ExporterFixture.prefix)events_total", "kind=\"\(kind)\"") > 0,
                "no \(kind) was generated"
            )
        }
    }

    @Test(arguments: [
        ["shuffle", "repeat_pages", "duplicate_items"], ["numbers_float", "extra_fields", "null_cursor"],
        ["numbers_exponent", "missing_optional", "empty_cursor"],
    ])
    func `counts do not depend on the encoding, order or repetition of pages`(distortions: [String])
        async throws
    {
        let fixture = try await ExporterFixture([
            "--life.speed", "0", "--history.speed", "2", "--page-limit", "40", "--order", "newest-first",
        ])
        try await fixture.setFaults("[\(distortions.map { #"{"kind":"\#($0)"}"# }.joined(separator: ","))]")
        try await fixture.startExporter()
        try await fixture.expectMatchesOracle()
    }

    @Test func `keeps counts across repeated SIGKILL`() async throws {
        let fixture = try await ExporterFixture([
            "--life.speed", "120", "--history.speed", "3", "--page-limit", "25",
        ])
        var random = SeededRandom(seed: 20)
        for _ in 0..<6 {
            try await fixture.startExporter()
            // The kill may come at any instant: before the first page, during the import, or when idle.
            try await Task.sleep(for: .milliseconds(Int.random(in: 30...900, using: &random)))
            await fixture.killExporter()
        }
        try await fixture.startExporter()
        try await fixture.pauseEvents()
        try await fixture.expectMatchesOracle(within: 90)
    }

    @Test func `counts events of its downtime after a restart`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        try await fixture.startExporter()
        try await fixture.expectMatchesOracle()
        let before = try await fixture.scrape()
        fixture.exporter?.send(SIGTERM)
        let result = try #require(await fixture.exporter?.end())
        #expect(result.status == 0, "\(result.errors)")
        try await fixture.inject(#"{"index": 0, "kind": "FinishAttestationFailure"}"#)
        try await fixture.startExporter()
        let first = try await eventually("the former series") {
            let scrape = try await fixture.scrape()
            return scrape.count("\(ExporterFixture.prefix)events_total") > 0 ? scrape : nil
        }
        for (series, value) in before.samples where series.hasPrefix("\(ExporterFixture.prefix)events_total")
        {
            #expect((first[series] ?? -1) >= value, "\(series) decreased")
        }
        try await fixture.expectMatchesOracle()
    }

    @Test
    func `stuck turns 1 within a second of its threshold without an event, and 0 with the closing event`()
        async throws
    {
        let fixture = try await ExporterFixture(
            ["--life.speed", "0", "--history", "1m"],
            polling: ["overlap: 10m"],
            more: "stuck_after: { attestation: 8s, rekey: 8s }"
        )
        try await fixture.startExporter()
        try await fixture.expectFirstPolls()
        let start = Int(Date.now.timeIntervalSince1970) - 2
        try await fixture.inject(#"{"index": 0, "kind": "StartAttestation", "t": \#(start), "a": \#(start)}"#)
        try await fixture.inject(
            #"{"index": 1, "kind": "RekeyStart", "tunnel_id": "t1", "t": \#(start), "a": \#(start)}"#
        )
        let threshold = Double(start + 8)
        let connectors = try await fixture.connectorIDs()
        let operation = Self.series("operation_stuck", connectors[0], #"operation="attestation""#)
        let rekey = Self.series("rekey_stuck", connectors[1], #"tunnel_id="t1""#)
        var lastZero = 0.0
        let firstOne: Double = try await eventually("both to turn 1") {
            let sent = Date.now.timeIntervalSince1970
            let scrape = try await fixture.scrape()
            if scrape[operation] == 1, scrape[rekey] == 1 { return Date.now.timeIntervalSince1970 }
            if scrape[operation] == 0 || scrape[rekey] == 0 { lastZero = sent }
            return nil
        }
        #expect(firstOne >= threshold)
        #expect(lastZero < threshold + 1, "one was still 0 a second after its threshold")
        #expect(lastZero > threshold - 1, "the test must observe the change")
        try await fixture.inject(#"{"index": 0, "kind": "FinishAttestationSuccess"}"#)
        try await fixture.inject(#"{"index": 1, "kind": "RekeyComplete", "tunnel_id": "t1"}"#)
        _ = try await eventually("both to turn 0") {
            let scrape = try await fixture.scrape()
            return scrape[operation] == 0 && scrape[rekey] == 0 ? true : nil
        }
    }

    private static func series(_ family: String, _ connector: String, _ labels: String) -> String {
        "\(ExporterFixture.prefix)\(family){account_id=\"\(ExporterFixture.account)\",connector_id=\"\(connector)\",\(labels)}"
    }

    @Test func `a kind that appears later is 0 in the first scrape`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"], polling: ["overlap: 10m"])
        try await fixture.startExporter()
        try await fixture.expectMatchesOracle()
        try await fixture.inject(#"{"index": 0, "kind": "MeshJoin"}"#)
        var seen: [Double] = []
        _ = try await eventually("the new kind's count") {
            let value = try await fixture.scrape().samples.first {
                $0.key.contains("_events_total{") && $0.key.contains(#"kind="MeshJoin""#)
            }?.value
            if let value, seen.last != value { seen.append(value) }
            return value == 1 ? true : nil
        }
        #expect(seen == [0, 1])
    }
}

extension ExporterFixture {
    /// Waits for the first complete poll of every connector.
    func expectFirstPolls() async throws {
        _ = try await eventually("the first complete polls") {
            let scrape = try await scrape()
            return scrape.count("\(Self.prefix)events_complete_until_timestamp_seconds") == 4 ? true : nil
        }
    }
}
