// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Foundation
import Testing
import TestSupport

/// Reading single events beside the writer.
@Suite(.timeLimit(.minutes(2))) struct EventHistoryTests {
    private static let keys = (0..<3).map {
        ConnectorKey(account: LedgerFixture.account, connector: "c\($0)")
    }

    /// A ledger of three connectors, with the events that it has counted in the order of counting.
    private struct Filled {
        let directory: TemporaryDirectory
        let ledger: EventLedger
        var counted: [(key: ConnectorKey, event: IncomingEvent)] = []
        var tunnels: [EventID: String] = [:]

        init(seed: UInt64) async throws {
            directory = try TemporaryDirectory()
            ledger = try await LedgerFixture.open(directory.path)
            let shown = Dictionary(uniqueKeysWithValues: keys.map { ($0.connector, Connector()) })
            _ = try await ledger.recordDiscovery(of: LedgerFixture.account, showing: shown)
            var random = SeededRandom(seed: seed)
            for (index, key) in keys.enumerated() {
                _ = try await ledger.setScopeStart(of: key, from: 0)
                let fixture = LedgerFixture(count: 120, seed: seed &* 3 &+ UInt64(index))
                var rest = fixture.events.shuffled(using: &random)[...]
                while !rest.isEmpty {
                    let page = Array(rest.prefix(Int.random(in: 1...40, using: &random)))
                    rest = rest.dropFirst(page.count)
                    // A repeated event has no second position.
                    _ = try await ledger.ingest(page + page.prefix(2), of: key)
                    counted += page.map { (key, $0) }
                }
                _ = try await ledger.savePayloads(fixture.payloads, of: key)
                for payload in fixture.payloads where index == 0 { tunnels[payload.id] = payload.tunnelID }
            }
        }

        var inOrder: [(key: ConnectorKey, event: IncomingEvent)] {
            counted.sorted { ($0.event.id, $0.key) < ($1.event.id, $1.key) }
        }
    }

    private func pages(
        of history: EventHistory,
        _ filter: EventFilter,
        _ order: EventHistory.Order,
        limit: Int,
        scanLimit: Int
    ) throws -> [RecordedEvent] {
        var events: [RecordedEvent] = []
        var cursor: EventCursor?
        repeat {
            let page = try history.events(
                matching: filter,
                after: cursor,
                order: order,
                limit: limit,
                scanLimit: scanLimit
            )
            #expect(page.events.count <= limit)
            events += page.events
            // The text of a cursor is what clients send back.
            cursor = try page.next.map { try #require(EventCursor($0.description)) }
        } while cursor != nil
        return events
    }

    @Test(arguments: 1...12)
    func `any page size and scan limit give the same selected events once, in order`(seed: UInt64)
        async throws
    {
        let filled = try await Filled(seed: seed)
        let history = try EventHistory(directory: filled.directory.path)
        var random = SeededRandom(seed: seed)
        for _ in 0..<12 {
            let times = filled.inOrder.map(\.event.id.time)
            let since = Bool.random(using: &random) ? times.randomElement(using: &random) : nil
            let until = Bool.random(using: &random) ? times.randomElement(using: &random) : nil
            let connectors: Set<ConnectorKey>? =
                Bool.random(using: &random) ? Set(Self.keys.shuffled(using: &random).prefix(2)) : nil
            let isRekeyOnly = Bool.random(using: &random)
            let filter = EventFilter(
                connectors: connectors,
                since: since,
                until: until,
                selects: { !isRekeyOnly || $0.isRekey }
            )
            let expected = filled.inOrder.filter { key, event in
                connectors?.contains(key) != false && since.map { $0 <= event.id.time } != false
                    && until.map { event.id.time <= $0 } != false
                    && (!isRekeyOnly || EventKind(rawValue: event.kind).isRekey)
            }
            let limit = Int.random(in: 1...50, using: &random)
            let scanLimit = Int.random(in: 1...100, using: &random)
            let oldest = try pages(of: history, filter, .oldestFirst, limit: limit, scanLimit: scanLimit)
            #expect(oldest.map(\.event.id) == expected.map(\.event.id))
            #expect(oldest.map(\.connector) == expected.map(\.key))
            #expect(oldest.map(\.event.kind.rawValue) == expected.map(\.event.kind))
            #expect(oldest.map(\.event.collectedAt) == expected.map(\.event.collectedAt))
            let newest = try pages(of: history, filter, .newestFirst, limit: limit, scanLimit: scanLimit)
            #expect(newest == oldest.reversed())
            #expect(oldest.allSatisfy(filter.selects))
        }
        let own = try pages(
            of: history,
            EventFilter(connectors: [Self.keys[0]]),
            .oldestFirst,
            limit: 1000,
            scanLimit: 1000
        )
        for event in own { #expect(event.event.tunnelID == filled.tunnels[event.event.id]) }
    }

    @Test(arguments: 1...4)
    func `positions follow the order of counting, without gaps, across restarts`(seed: UInt64) async throws {
        let filled = try await Filled(seed: seed)
        let history = try EventHistory(directory: filled.directory.path)
        var read: [RecordedEvent] = []
        while case let batch = try history.events(countedAfter: read.last?.position ?? 0, limit: 37),
            !batch.isEmpty
        {
            read += batch
        }
        #expect(read.map(\.position) == Array(1...filled.counted.count))
        #expect(read.map(\.event.id) == filled.counted.map(\.event.id))
        #expect(read.map(\.connector) == filled.counted.map(\.key))
        #expect(filled.ledger.lastPosition == read.count)
        #expect(try history.lastPosition() == read.count)
    }

    @Test func `a position is not used again after all events were deleted`() async throws {
        let directory = try TemporaryDirectory()
        let storage = RestartingLedger(path: directory.path)
        let key = LedgerFixture.key
        do {
            let ledger = try await storage.open()
            _ = try await ledger.recordDiscovery(of: key.account, showing: [key.connector: Connector()])
            _ = try await ledger.setScopeStart(of: key, from: 0)
            let event = IncomingEvent(id: EventID(t: 10, n: 1), kind: "Init", collectedAt: 11)
            _ = try await ledger.ingest([event], of: key)
            _ = try await ledger.updateState(
                of: key,
                completing: CompletedWindow(until: 20, at: 20, isRescan: true)
            )
            try await ledger.recordLogPosition(1)
            try await ledger.forgetEvents(of: key, before: 15)
        }
        storage.close()
        let ledger = try await storage.open()
        #expect(ledger.logPosition == 1)
        #expect(ledger.lastPosition == 1)
        let event = IncomingEvent(id: EventID(t: 30, n: 1), kind: "Leave", collectedAt: 31)
        _ = try await ledger.ingest([event], of: key)
        let history = try EventHistory(directory: directory.path)
        #expect(try history.events(countedAfter: 0, limit: 10).map(\.position) == [2])
    }

    @Test func `marks late events`() async throws {
        let directory = try TemporaryDirectory()
        let ledger = try await LedgerFixture.open(directory.path)
        let key = LedgerFixture.key
        let first = IncomingEvent(id: EventID(t: 10, n: 0), kind: "Leave", collectedAt: 20)
        _ = try await ledger.ingest([first], of: key)
        _ = try await ledger.updateState(
            of: key,
            completing: CompletedWindow(until: 100, at: 100, isRescan: false)
        )
        let late = IncomingEvent(id: EventID(t: 11, n: 0), kind: "Leave", collectedAt: 150)
        let next = IncomingEvent(id: EventID(t: 101, n: 0), kind: "Init", collectedAt: 150)
        _ = try await ledger.ingest([late, next], of: key)
        let events = try EventHistory(directory: directory.path).events(countedAfter: 0, limit: 10)
        #expect(events.map(\.isLate) == [false, true, false])
    }

    @Test(arguments: 1...6)
    func
        `events that left the scope stay readable until they are deleted, and a replay ends at the ledger's record`(
            seed: UInt64
        ) async throws
    {
        let fixture = LedgerFixture(count: 400, seed: seed)
        let directory = try TemporaryDirectory()
        let ledger = try await LedgerFixture.open(directory.path)
        let key = LedgerFixture.key
        _ = try await ledger.ingest(fixture.events, of: key)
        _ = try await ledger.savePayloads(fixture.payloads, of: key)
        let end = try #require(fixture.events.last?.id.time)
        _ = try await ledger.updateState(
            of: key,
            completing: CompletedWindow(until: end, at: end, isRescan: true)
        )
        try await ledger.moveScopeStart(
            of: key,
            to: fixture.events[300].id.time,
            forgettingTunnelsAfter: LedgerFixture.forgetTunnelsAfter
        )
        let oldest = fixture.events[150].id.time
        try await ledger.deleteEvents(
            of: key,
            before: oldest,
            forgettingTunnelsAfter: LedgerFixture.forgetTunnelsAfter
        )
        let record = try #require(ledger.connector(key))
        #expect(record.keptSince == oldest)
        let history = try EventHistory(directory: directory.path)
        let kept = try history.events(matching: EventFilter(), limit: 1000).events
        #expect(kept.map(\.event.id) == fixture.events.filter { $0.id.time >= oldest }.map(\.id).sorted())
        // An event below the scope start that the ledger still contains is a duplicate, and not lost.
        let outcome = try await ledger.ingest(fixture.events.filter { $0.id.time >= oldest }, of: key)
        #expect(outcome.duplicate == kept.count)
        #expect(outcome.outOfScope == 0)
        try await ledger.deleteEvents(
            of: key,
            before: end + 1000,
            forgettingTunnelsAfter: LedgerFixture.forgetTunnelsAfter
        )
        #expect(ledger.connector(key)?.keptSince == record.scopeStart, "events in scope are kept")
        #expect(ledger.connector(key)?.countsByName == fixture.counts)
    }

    @Test func `opens the ledger of a stopped exporter`() async throws {
        let directory = try TemporaryDirectory()
        let storage = RestartingLedger(path: directory.path)
        do {
            let ledger = try await storage.open()
            _ = try await ledger.recordDiscovery(
                of: LedgerFixture.account,
                showing: ["c0": Connector(serialNumber: "S")]
            )
        }
        storage.close()
        let history = try EventHistory(directory: directory.path)
        #expect(try history.connectors().map(\.inventory.serialNumber) == ["S"])
    }

    @Test func `names a storage path without a ledger`() throws {
        let directory = try TemporaryDirectory()
        let error = #expect(throws: LedgerError.self) { try EventHistory(directory: directory.path) }
        #expect(error?.reason == .missing)
        #expect(error?.description.hasPrefix("storage path \(directory.path): contains no ledger; ") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }

    @Test func `deleting events returns their space to the file system`() async throws {
        let directory = try TemporaryDirectory()
        let ledger = try await LedgerFixture.open(directory.path)
        let key = LedgerFixture.key
        let events = (1...60_000).map {
            IncomingEvent(id: EventID(t: $0, n: 0), kind: "Init", collectedAt: 1)
        }
        _ = try await ledger.ingest(events, of: key)
        _ = try await ledger.updateState(
            of: key,
            completing: CompletedWindow(until: 60_000, at: 60_000, isRescan: true)
        )
        let pages = { try await ledger.pageCount(directory.path) }
        let before = try await pages()
        try await ledger.forgetEvents(of: key, before: 59_000)
        #expect(try await pages() < before / 2)
    }
}

extension EventLedger {
    /// The number of pages of the database, which includes its write-ahead log.
    fileprivate func pageCount(_ directory: String) async throws -> Int {
        let script =
            "import sqlite3; print(sqlite3.connect('\(directory)/ledger.sqlite').execute('PRAGMA page_count').fetchone()[0])"
        let result = try await onThread { try runCommand(["python3", "-c", script]) }
        return try #require(Int(result.output.split(separator: "\n").first ?? ""), "\(result.output)")
    }
}
