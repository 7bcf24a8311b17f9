// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Foundation
import Testing
import TestSupport

/// A disk that is full, and files that are damaged, deleted or replaced.
@Suite(.timeLimit(.minutes(5))) struct DiskFailureTests {
    private static let fixture = LedgerFixture(count: 600, seed: 5)

    private static func expectAll(_ ledger: EventLedger) async throws {
        let record = try #require(try await ledger.updateState(of: LedgerFixture.key))
        #expect(record.countsByName == fixture.counts)
        #expect(record.newestByName == fixture.newest)
        #expect(record.state == fixture.state)
        let histograms = ledger.histograms(of: LedgerFixture.account)
        #expect(histograms[.deliveryDelay].count == fixture.events.count)
    }

    /// Polls a third of the events with their payloads.
    ///
    /// Each poll overlaps with the one before.
    private static func poll(_ third: Int, into ledger: EventLedger) async throws {
        let events = fixture.events
        let range = max(0, third * 200 - 30)..<(third + 1) * 200
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 40) {
            try await poll(Array(events[start..<min(start + 40, range.upperBound)]), into: ledger)
        }
    }

    private static func poll(_ page: [IncomingEvent], into ledger: EventLedger) async throws {
        _ = try await ledger.ingest(page, of: LedgerFixture.key)
        let ids = Set(page.map(\.id))
        let payloads = fixture.payloads.filter { ids.contains($0.id) }
        _ = try await ledger.savePayloads(payloads, of: LedgerFixture.key)
        let until = page.map(\.id.t).max() ?? 0
        let window = CompletedWindow(until: Timestamp(until), at: Timestamp(until), isRescan: false)
        _ = try await ledger.updateState(of: LedgerFixture.key, completing: window)
    }

    @Test func `a full disk fails polls and changes nothing, and the polls after it count everything once`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let path = directory.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let log = StorageEventLog()
            let ledger = try await LedgerFixture.open(path, onEvent: log.record)
            try await Self.poll(0, into: ledger)
            let before = try #require(ledger.connector(LedgerFixture.key))
            FullDisk.begin()
            for _ in 0..<3 {
                let error = await #expect(throws: LedgerError.self) { try await Self.poll(1, into: ledger) }
                #expect([.full, .disk].contains(error?.reason))
            }
            let listed = [LedgerFixture.key.connector: Connector(version: "2"), "c1": Connector()]
            await #expect(throws: LedgerError.self) {
                try await ledger.recordDiscovery(of: LedgerFixture.account, showing: listed)
            }
            let during = try #require(ledger.connector(LedgerFixture.key))
            #expect(during.countsByName == before.countsByName)
            #expect(during.watermark == before.watermark)
            #expect(during.state == before.state)
            #expect(ledger.connectors(of: LedgerFixture.account).count == 1)
            FullDisk.end()
            for third in 1...2 { try await Self.poll(third, into: ledger) }
            #expect(log.names == ["failing", "recovered"])
            try await Self.expectAll(ledger)
            kill(getpid(), SIGKILL)
        }
        let ledger = try await LedgerFixture.open(path)
        #expect(ledger.connector(LedgerFixture.key)?.watermark == Self.fixture.events.last?.id.time)
        try await Self.expectAll(ledger)
    }

    @Test func `a process killed on a full disk has shown nothing that a restart takes back`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let ledger = try await LedgerFixture.open(path)
            try await Self.poll(0, into: ledger)
            FullDisk.begin()
            await #expect(throws: LedgerError.self) { try await Self.poll(1, into: ledger) }
            let shown = ledger.connector(LedgerFixture.key)?.countsByName
            FullDisk.end()
            let text = try JSONEncoder().encode(shown)
            try text.write(to: URL(filePath: "\(path)/shown.json"))
            kill(getpid(), SIGKILL)
        }
        let ledger = try await LedgerFixture.open(path)
        let text = try Data(contentsOf: URL(filePath: directory.file("shown.json")))
        let shown = try JSONDecoder().decode([String: Int].self, from: text)
        #expect(ledger.connector(LedgerFixture.key)?.countsByName == shown)
        #expect(ledger.connector(LedgerFixture.key)?.watermark == Self.fixture.events[199].id.time)
        for third in 1...2 { try await Self.poll(third, into: ledger) }
        try await Self.expectAll(ledger)
    }

    /// Kinds get their rows in a transaction that fails; a row id must not be reused for another kind.
    @Test func `a failed page does not mix up new kinds`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            func event(_ n: Int, _ kind: String) -> IncomingEvent {
                IncomingEvent(id: EventID(t: 1_700_000_000, n: n), kind: kind, collectedAt: 1_700_000_001)
            }
            let ledger = try await LedgerFixture.open(path)
            _ = try await ledger.ingest([event(1, "Init")], of: LedgerFixture.key)
            FullDisk.begin()
            // The first event is a duplicate under a new name.
            let page = [event(1, "InitV2"), event(2, "Yotta")]
            await #expect(throws: LedgerError.self) { try await ledger.ingest(page, of: LedgerFixture.key) }
            FullDisk.end()
            _ = try await ledger.ingest(page, of: LedgerFixture.key)
            _ = try await ledger.ingest([event(3, "Yotta"), event(4, "Yotta")], of: LedgerFixture.key)
            #expect(ledger.connector(LedgerFixture.key)?.countsByName == ["Init": 1, "Yotta": 3])
        }
        let ledger = try await LedgerFixture.reopen(path)
        #expect(ledger.connector(LedgerFixture.key)?.countsByName == ["Init": 1, "Yotta": 3])
    }

    @Test(arguments: ["deleted path", "deleted file", "replaced file"])
    func `a ledger whose file is gone fails polls until a restart, which counts everything`(
        change: String
    ) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("data")
        var ledger: EventLedger? = try await LedgerFixture.open(path)
        try await Self.poll(0, into: try #require(ledger))
        switch change {
        case "deleted path": try FileManager.default.removeItem(atPath: path)
        case "deleted file": try FileManager.default.removeItem(atPath: "\(path)/ledger.sqlite")
        default:
            try FileManager.default.removeItem(atPath: "\(path)/ledger.sqlite")
            _ = try directory.write("a backup", to: "data/ledger.sqlite")
        }
        let error = await #expect(throws: LedgerError.self) {
            try await Self.poll(1, into: try #require(ledger))
        }
        #expect(error?.reason == .replaced)
        #expect(error?.description.contains("restart the exporter") == true)
        ledger = nil
        let reopened = try await LedgerFixture.open(path)
        for third in 0...2 { try await Self.poll(third, into: reopened) }
        try await Self.expectAll(reopened)
        let found = try FileManager.default.contentsOfDirectory(atPath: path)
            .filter { $0.wholeMatch(of: /ledger\.sqlite\.corrupt-\d{8}T\d{6}Z/) != nil }
        #expect(
            try found.map { try String(contentsOfFile: "\(path)/\($0)", encoding: .utf8) }
                == (change == "replaced file" ? ["a backup"] : [])
        )
    }

    @Test(arguments: ["garbage", "truncated"])
    func `a damaged database is renamed at the start, and a new one begins`(damage: String) async throws {
        let directory = try TemporaryDirectory()
        try await Self.poll(0, into: try await LedgerFixture.open(directory.path))
        // A closed database is one file.
        _ = try await LedgerFixture.reopen(directory.path)
        while FileManager.default.fileExists(atPath: directory.file("ledger.sqlite-wal")) {
            await Task.yield()
        }
        let file = URL(fileURLWithPath: directory.file("ledger.sqlite"))
        let bytes = try Data(contentsOf: file)
        let damaged =
            damage == "garbage" ? Data(repeating: 7, count: bytes.count) : bytes.prefix(bytes.count / 2)
        try damaged.write(to: file)
        let log = StorageEventLog()
        let ledger = try await LedgerFixture.open(directory.path, onEvent: log.record)
        #expect(log.names == ["set aside"])
        #expect(ledger.connector(LedgerFixture.key)?.countsByName == [:])
        let renamed = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            .filter { $0.wholeMatch(of: /ledger\.sqlite\.corrupt-\d{8}T\d{6}Z/) != nil }
        #expect(
            try renamed.map { try Data(contentsOf: URL(fileURLWithPath: directory.file($0))) } == [damaged]
        )
        for third in 0...2 { try await Self.poll(third, into: ledger) }
        try await Self.expectAll(ledger)
    }

    /// The tables that a start reads are intact.
    @Test func `damage among the events is found at the start`() async throws {
        let directory = try TemporaryDirectory()
        let events = (0..<20_000).map {
            IncomingEvent(id: EventID(t: 1_700_000_000 + $0, n: 0), kind: "Leave", collectedAt: nil)
        }
        _ = try await LedgerFixture.open(directory.path).ingest(events, of: LedgerFixture.key)
        // A closed database is one file.
        _ = try await LedgerFixture.reopen(directory.path)
        while FileManager.default.fileExists(atPath: directory.file("ledger.sqlite-wal")) {
            await Task.yield()
        }
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: directory.file("ledger.sqlite")))
        let pages = Int(try handle.seekToEnd()) / 4096
        try handle.seek(toOffset: UInt64(pages / 2 * 4096))
        try handle.write(contentsOf: Data(repeating: 0xff, count: 4096))
        try handle.close()
        let log = StorageEventLog()
        let ledger = try await LedgerFixture.open(directory.path, onEvent: log.record)
        #expect(log.names == ["set aside"])
        _ = try await ledger.ingest(events, of: LedgerFixture.key)
        #expect(ledger.connector(LedgerFixture.key)?.countsByName == ["Leave": 20_000])
    }

    @Test func `damage of a database in use fails polls until a restart, which begins a new one`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let log = StorageEventLog()
        // More than SQLite's page cache holds, so that it reads the file again.
        let fixture = LedgerFixture(count: 60_000, seed: 9)
        var ledger: EventLedger? = try await LedgerFixture.open(directory.path, onEvent: log.record)
        _ = try await ledger?.ingest(fixture.events, of: LedgerFixture.key)
        let until = try #require(fixture.events.last?.id.t)
        let window = CompletedWindow(until: Timestamp(until), at: 1, isRescan: false)
        _ = try await ledger?.updateState(of: LedgerFixture.key, completing: window)
        for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: directory.file(name)))
            let size = Int(try handle.seekToEnd())
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: Data(repeating: 0xff, count: size))
            try handle.close()
        }
        // Payloads of events that the state contains cause a complete recomputation, which reads everything.
        let failure = await #expect(throws: LedgerError.self) {
            for start in stride(from: 0, to: fixture.payloads.count, by: 100) {
                let some = Array(fixture.payloads[start..<min(start + 100, fixture.payloads.count)])
                _ = try await ledger?.savePayloads(some, of: LedgerFixture.key)
                _ = try await ledger?.updateState(of: LedgerFixture.key)
            }
        }
        #expect(failure?.reason == .corrupt)
        #expect(failure?.description.contains("restart the exporter") == true)
        #expect(ledger?.connector(LedgerFixture.key)?.countsByName == fixture.counts, "the last values stay")
        // The next start would rename the file with everything that was counted after the damage.
        let added = IncomingEvent(id: EventID(t: until + 1, n: 0), kind: "Leave", collectedAt: nil)
        let later = await #expect(throws: LedgerError.self) {
            _ = try await ledger?.ingest([added], of: LedgerFixture.key)
        }
        #expect(later?.reason == .corrupt)
        ledger = nil
        let reopened = try await LedgerFixture.open(directory.path, onEvent: log.record)
        #expect(log.names == ["failing", "set aside"])
        _ = try await reopened.ingest(fixture.events, of: LedgerFixture.key)
        #expect(reopened.connector(LedgerFixture.key)?.countsByName == fixture.counts)
    }
}
