// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Exposition
import HTTPEndpoint
import LinuxSystem
import Polling
import TestSupport
import Testing

@testable import Exporter

/// What scrapers see of series that appear after their connector.
@Suite(.timeLimit(.minutes(2))) struct NewSeriesTests {
    /// A connector that records events, and the bodies that are published about it.
    private final class ExposedConnector {
        private let key = ConnectorKey(account: "a", connector: "c")
        private let directory: TemporaryDirectory
        private let ledger: EventLedger
        private let inbox = PublisherInbox()
        private var fleet = ExposedFleet(
            settings: FamilySettings(
                stuckAfter: StuckThresholds(),
                failureRatioWindows: [],
                forgetTunnelsAfter: 604_800
            ),
            builder: BodyBuilder(withCreated: false)
        )
        private var body = PublishedBody(generation: 0) { _ in [] }
        private var events = 0

        init() async throws {
            directory = try TemporaryDirectory()
            ledger = try EventLedger(directory: directory.path)
            _ = try await ledger.recordDiscovery(of: key.account, showing: [key.connector: Connector()])
            _ = try await ledger.setScopeStart(of: key, from: 0)
        }

        /// Polls the connector, which has recorded an event.
        func poll(_ kind: String, at time: Double) async throws {
            events += 1
            let event = IncomingEvent(id: EventID(t: 100, n: events), kind: kind, collectedAt: nil)
            _ = try await ledger.ingest([event], of: key)
            _ = try await ledger.updateState(
                of: key,
                completing: CompletedWindow(until: 1000, at: 1000, isRescan: false),
                forgettingTunnelsAfter: 604_800
            )
            let record = try #require(ledger.connector(key))
            inbox.post { $0.connectors[record.key] = ConnectorView(record: record, pollSucceeded: true) }
            publish(at: time)
        }

        /// Returns the counts by kind that a scraper receives.
        func scrape(by scraper: Scraper, at time: Double) -> [String: Double] {
            publish(at: time)
            let chunks = body[.text004].plain(tail: []).shared
            let text = String(decoding: chunks.flatMap(\.self), as: UTF8.self)
            inbox.recordScrape(of: body.generation, by: scraper, at: Uptime(seconds: time))
            publish(at: time)
            return Dictionary(
                text.matches(of: /_events_total{.*kind="(.*)"} (.*)/).map {
                    (String($0.output.1), Double($0.output.2) ?? -1)
                }
            ) { $1 }
        }

        private func publish(at time: Double) {
            let uptime = Uptime(seconds: time)
            let (updates, received) = inbox.take(at: uptime)
            fleet.apply(updates, at: Timestamp(time), uptime)
            fleet.promoteSeries(received: received, at: Timestamp(time), uptime)
            if fleet.hasChanges { body = fleet.body(generation: body.generation + 1) }
        }
    }

    private static func scraper(_ index: Int, _ agent: String = "Prometheus/3.5.0") -> Scraper {
        Scraper(Request(headers: Headers([("User-Agent", agent)]), peer: "10.0.0.\(index):\(1000 + index)"))
    }

    /// The seconds until every scraper of at most 60 seconds is regular, and those in which series appear.
    private static let (warmUp, births) = (130.0, 130.0...260.0)

    @Test(arguments: 1...12)
    func `increase() is exact for every regular scraper, whatever other clients do`(seed: UInt64)
        async throws
    {
        var random = SeededRandom(seed: seed)
        let exposition = try await ExposedConnector()
        try await exposition.poll("Init", at: 0)
        var actions: [(time: Double, scraper: Int?)] = []
        let count = Int.random(in: 1...4, using: &random)
        for scraper in 0..<count {
            let interval = Double.random(in: 1...60, using: &random)
            let start = Double.random(in: 0..<interval, using: &random)
            actions += stride(from: start, to: 700, by: interval).map { ($0, scraper) }
        }
        actions += (0..<30).map { _ in (Double.random(in: Self.births, using: &random), nil) }
        var seen: [Int: [[String: Double]]] = [:]
        var truth: [String: Double] = [:]
        let isFlooded = Bool.random(using: &random)
        for (index, action) in actions.sorted(by: { $0.time < $1.time }).enumerated() {
            if let scraper = action.scraper {
                seen[scraper, default: []].append(
                    exposition.scrape(by: Self.scraper(scraper), at: action.time)
                )
            } else {
                let kind = "New\(Int.random(in: 0..<8, using: &random))"
                truth[kind, default: 0] += 1
                try await exposition.poll(kind, at: action.time)
            }
            let agent = isFlooded ? "\(index)" : "curl"
            if isFlooded || Int.random(in: 0..<20, using: &random) == 0 {
                _ = exposition.scrape(by: Self.scraper(99, agent), at: action.time)
            }
        }
        for (scraper, scrapes) in seen {
            for (kind, events) in truth {
                let values = scrapes.compactMap { $0[kind] }
                #expect(values.first == 0, "scraper \(scraper), \(kind)")
                #expect((values.last ?? 0) - (values.first ?? 0) == events, "scraper \(scraper), \(kind)")
                #expect(values == values.sorted())
            }
        }
    }

    @Test func `a flood of regular names delays a new series by at most five minutes`() async throws {
        let exposition = try await ExposedConnector()
        try await exposition.poll("Init", at: 0)
        for time in [1.0, 2] { _ = exposition.scrape(by: Self.scraper(99, "gone"), at: time) }
        try await exposition.poll("New", at: 10)
        for time in stride(from: 11.0, to: 309, by: 1) {
            for repetition in 0..<2 {
                let counts = exposition.scrape(by: Self.scraper(98, "\(time)"), at: time)
                // The names displace the one that has gone at some time.
                if time < 70, repetition == 0 { #expect(counts["New"] == 0) }
            }
        }
        #expect(exposition.scrape(by: Self.scraper(1), at: 310)["New"] == 1)
    }

    @Test func `series of the ledger have their counts at once after a start`() async throws {
        let exposition = try await ExposedConnector()
        try await exposition.poll("New", at: 0)
        #expect(exposition.scrape(by: Self.scraper(1), at: 0)["New"] == 1)
    }
}
