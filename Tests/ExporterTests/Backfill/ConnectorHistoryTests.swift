// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Exposition
import Polling
import TestSupport
import Testing

@testable import Exporter

/// The changes of a connector against the samples of the exporter at single times.
@Suite(.timeLimit(.minutes(2))) struct ConnectorHistoryTests {
    private static let key = ConnectorKey(account: "a", connector: "c")
    private static let start = 1_700_000_000

    /// The connector from the time of one event to that of the next one.
    private struct Segment {
        let record: ConnectorRecord
        let next: Int
    }

    private let directory: TemporaryDirectory
    private let plan: ExportPlan
    private var end = start

    /// Writes a ledger with random events, so close that several are in the same second.
    private init() async throws {
        directory = try TemporaryDirectory()
        var options = ExportOptions(configurationFile: nil, storagePath: directory.path)
        options.since = "\(Self.start + 3000)"
        plan = try ExportPlan(options, now: Timestamp(Self.start * 2))
        let ledger = try EventLedger(directory: directory.path)
        _ = try await ledger.recordDiscovery(of: Self.key.account, showing: [Self.key.connector: Connector()])
        _ = try await ledger.setScopeStart(of: Self.key, from: Timestamp(Self.start))
        var random = SeededRandom(seed: 5)
        var events: [IncomingEvent] = []
        var payloads: [EventPayload] = []
        let kinds = EventKind.documented + [EventKind(rawValue: "New1"), EventKind(rawValue: "New2")]
        for index in 0..<1500 {
            end += Int.random(in: 0...3, using: &random) * Int.random(in: 0...200, using: &random)
            // Every tunnel is forgotten once.
            if index % 500 == 499 { end += 8 * 86_400 }
            let id = EventID(t: end, n: index)
            let kind = kinds.randomElement(using: &random) ?? .leave
            let delay = Int.random(in: 0...600, using: &random)
            events.append(IncomingEvent(id: id, kind: kind.rawValue, collectedAt: Timestamp(end + delay)))
            guard kind.hasPayload else { continue }
            let tunnel = "tunnel-\(Int.random(in: 0..<3, using: &random))"
            payloads.append(EventPayload(id: id, tunnelID: tunnel, url: nil, version: nil))
        }
        end += 90_000
        _ = try await ledger.ingest(events, of: Self.key)
        _ = try await ledger.savePayloads(payloads, of: Self.key)
        _ = try await ledger.updateState(
            of: Self.key,
            completing: CompletedWindow(until: Timestamp(end), at: Timestamp(end), isRescan: false),
            forgettingTunnelsAfter: plan.settings.forgetTunnelsAfter
        )
    }

    private func replay(_ body: (ConnectorRecord, Timestamp?) throws -> Void) throws {
        try ConnectorReplay.run(
            of: Self.key,
            in: try EventHistory(directory: directory.path),
            forgettingTunnelsAfter: plan.settings.forgetTunnelsAfter,
            body
        )
    }

    private func history() throws -> ConnectorHistory {
        let record = try #require(try EventHistory(directory: directory.path).connectors().first)
        var history = try #require(ConnectorHistory(of: record, plan, now: Timestamp(end + 1000)))
        try replay { record, next in history.add(record, next: next) }
        return history
    }

    /// Returns the samples of all families, by name and labels.
    private func samples(of record: ConnectorRecord, at time: Int) -> [[String]: Double] {
        let status = ConnectorStatus(
            ConnectorView(record: record, pollSucceeded: nil),
            newSeries: NewSeriesTracker(),
            settings: plan.settings,
            now: Timestamp(time)
        )
        var values: [[String]: Double] = [:]
        for family in HistoryFamily.all {
            var writer = FamilyWriter(recording: family.family.definition)
            family.family.write(status, &writer)
            for sample in writer.recorded ?? [] {
                values[[family.family.definition.name] + sample.labels] = sample.value
            }
        }
        return values
    }

    /// Returns the values of all series at a time.
    private func values(_ history: ConnectorHistory, at time: Int) -> [[String]: Double] {
        var values: [[String]: Double] = [:]
        for (family, series) in zip(HistoryFamily.all, history.families) {
            for series in series.series {
                guard let change = series.changes.last(where: { $0.time <= time }), change.exists else {
                    continue
                }
                values[[family.family.definition.name] + series.labels] = change.value
            }
        }
        return values
    }

    @Test func `has the samples of the exporter at every time`() throws {
        let history = try history()
        #expect(history.period == Self.start + 3000...end)
        var segments: [Segment] = []
        try replay { record, next in segments.append(Segment(record: record, next: next?.wholeSeconds ?? end))
        }
        var random = SeededRandom(seed: 6)
        var compared = 0
        for segment in segments {
            let from = max(segment.record.state.newest?.t ?? 0, history.period.lowerBound)
            guard from < segment.next else { continue }
            let times = [from, segment.next - 1, Int.random(in: from..<segment.next, using: &random)]
            for time in times where time > history.period.lowerBound {
                #expect(values(history, at: time) == samples(of: segment.record, at: time), "at \(time)")
                compared += 1
            }
        }
        #expect(compared > 1500)
    }

    @Test func `counters start with the events before the period`() throws {
        let history = try history()
        var before: [EventKind: KindTally] = [:]
        try replay { record, next in
            if let next, next.wholeSeconds < history.period.lowerBound { return }
            if before.isEmpty { before = record.tallies }
        }
        #expect(before.count > 5)
        let values = values(history, at: history.period.lowerBound - 1)
        for kind in EventKind.documented {
            let value = values[["cloudflare_magic_connector_events_total", kind.rawValue]]
            #expect(value == Double(before[kind]?.count ?? 0), "\(kind)")
        }
    }

    @Test func `counts the events of the period`() throws {
        var count = 0
        try replay { _, next in if let next, next.wholeSeconds >= Self.start + 3000 { count += 1 } }
        #expect(try history().events == count)
        #expect(count < 1500 && count > 1400)
    }

    @Test func `the last values are the counts of the ledger`() throws {
        let record = try #require(try EventHistory(directory: directory.path).connectors().first)
        let values = values(try history(), at: end)
        for (kind, tally) in record.tallies {
            let name = "cloudflare_magic_connector_events_total"
            #expect(values[[name, kind.rawValue]] == Double(tally.count))
        }
    }
}
