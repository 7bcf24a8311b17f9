// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Polling and publishing beside clients that misuse the endpoint.
@Suite(.serialized, .timeLimit(.minutes(2))) struct HostileClientsTests {
    /// The poll interval in seconds, and the tolerance of the machine.
    private static let (interval, tolerance) = (1.0, 1.0)

    /// What scrapes have shown of one connector.
    private struct Seen {
        /// The times of the polls that scrapes have shown.
        var polls: [Double] = []
        /// The number of injected events, and when each was complete.
        var injected: [Double] = []
        /// The events counted before the first injection.
        var base: Double?

        /// Checks a scrape, and returns its violations.
        mutating func check(poll: Double, count: Double) -> [String] {
            var violations: [String] = []
            if let last = polls.last, poll - last > interval + tolerance {
                violations.append("\(poll - last) s without a published poll")
            }
            if poll > polls.last ?? 0 { polls.append(poll) }
            if injected.isEmpty { base = count }
            // The second poll after an event has begun after it, because polls of a connector do not overlap.
            let due = injected.count { time in polls.count { $0 > time } >= 2 }
            if let base, count < base + Double(due) {
                violations.append("\(count - base) of \(due) events are published")
            }
            return violations
        }
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `whatever clients do, an event is published within its poll interval plus a second`(seed: UInt64)
        async throws
    {
        let fixture = try await ExporterFixture(
            ["--life.speed", "0", "--history", "1m", "--connectors", "8"],
            polling: ["overlap: 10m"]
        )
        try await fixture.startExporter(["--web.enable-lifecycle"])
        let connectors = try await fixture.connectorIDs()
        _ = try await eventually("the first polls") {
            let scrape = try await fixture.scrape()
            return scrape.count("\(ExporterFixture.prefix)events_complete_until_timestamp_seconds")
                == connectors.count ? true : nil
        }
        let process = try #require(fixture.exporter?.identifier)
        let clients = HostileClients(4, port: fixture.port, process: process, seed: seed)
        var random = SeededRandom(seed: seed)
        var seen = Array(repeating: Seen(), count: connectors.count)
        var violations: [String] = []
        let end = Date.now.timeIntervalSince1970 + 6
        var scrapes = 0
        while Date.now.timeIntervalSince1970 < end {
            let scrape = try await fixture.scrape()
            scrapes += 1
            for (index, connector) in connectors.enumerated() {
                let labels = "{account_id=\"\(ExporterFixture.account)\",connector_id=\"\(connector)\""
                let poll = scrape["\(ExporterFixture.prefix)last_successful_poll_timestamp_seconds\(labels)}"]
                let count = scrape["\(ExporterFixture.prefix)events_total\(labels),kind=\"HaError\"}"]
                violations += seen[index].check(poll: try #require(poll), count: try #require(count))
            }
            if scrapes.isMultiple(of: 5), end > Date.now.timeIntervalSince1970 + 3 {
                let index = Int.random(in: connectors.indices, using: &random)
                try await fixture.inject(#"{"index": \#(index), "kind": "HaError"}"#)
                seen[index].injected.append(Date.now.timeIntervalSince1970)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        clients.stop()
        #expect(violations == [], "seed \(seed)")
        #expect(clients.actions > 100 && seen.contains { !$0.injected.isEmpty })
        #expect(seen.allSatisfy { $0.polls.count >= 3 }, "\(seen.map(\.polls.count))")
        try await fixture.expectMatchesOracle()
    }
}
