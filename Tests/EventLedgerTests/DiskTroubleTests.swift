// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Foundation
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(5))) struct `Disk trouble` {
    private static let fixture = LedgerFixture(count: 600, seed: 5)

    private static func expectAll(_ ledger: EventLedger) async throws {
        let record = try #require(try await ledger.settle(LedgerFixture.key))
        #expect(record.countsByName == fixture.counts)
        #expect(record.newestByName == fixture.newest)
        #expect(record.state == fixture.state)
        let histograms = ledger.histograms(of: LedgerFixture.account)
        #expect(histograms[.deliveryDelay].count == fixture.events.count)
    }

    /// A third of the events with their payloads, some of the third before shown again.
    private static func feed(_ third: Int, to ledger: EventLedger) async throws {
        let events = fixture.events
        let range = max(0, third * 200 - 30)..<(third + 1) * 200
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 40) {
            let page = Array(events[start..<min(start + 40, range.upperBound)])
            _ = try await ledger.ingest(page, of: LedgerFixture.key)
            let known = Set(page.map(\.id))
            let payloads = fixture.payloads.filter { known.contains($0.id) }
            _ = try await ledger.keep(payloads, of: LedgerFixture.key)
            let until = page.map(\.id.t).max() ?? 0
            let completion = CompletedWindow(until: until, at: Double(until), isRescan: false)
            _ = try await ledger.settle(LedgerFixture.key, completing: completion)
        }
    }

    @Test func `what a disk does not take is counted, and written when it is back`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let paper = NewsPaper()
            let ledger = try await LedgerFixture.open(path, retryAfter: 1000, tell: paper.note)
            try await Self.feed(0, to: ledger)
            FullDisk.begin()
            try await Self.feed(1, to: ledger)
            #expect(await ledger.flush() == false)
            let shown = [LedgerFixture.key.connector: Connector(version: "2"), "c1": Connector()]
            _ = try await ledger.recordDiscovery(of: LedgerFixture.account, showing: shown)
            #expect(await ledger.flush() == false)
            try await Self.feed(2, to: ledger)
            try await Self.expectAll(ledger)
            FullDisk.end()
            #expect(await ledger.flush())
            #expect(paper.headlines == ["failing", "recovered"])
            try await Self.expectAll(ledger)
            kill(getpid(), SIGKILL)
        }
        let ledger = try await LedgerFixture.open(path)
        #expect(ledger.connectors(of: LedgerFixture.account).count == 2)
        #expect(ledger.connector(LedgerFixture.key)?.watermark == Self.fixture.events.last?.id.t)
        try await Self.expectAll(ledger)
    }

    @Test func `the disk is tried again without being asked to`() async throws {
        let directory = try TemporaryDirectory()
        await #expect(processExitsWith: .success) { [path = directory.path as String] in
            let told = Events<StorageEvent>()
            let ledger = try await LedgerFixture.open(path, retryAfter: 0.01, tell: told.record)
            FullDisk.begin()
            try await Self.feed(0, to: ledger)
            FullDisk.end()
            while case .failing = try await onThread({ try told.next() }) {}
            #expect(await ledger.flush())
        }
    }

    @Test func `a process killed while the disk takes nothing is as if it had not polled meanwhile`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let path = directory.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let ledger = try await LedgerFixture.open(path)
            try await Self.feed(0, to: ledger)
            FullDisk.begin()
            try await Self.feed(1, to: ledger)
            kill(getpid(), SIGKILL)
        }
        let ledger = try await LedgerFixture.open(path)
        #expect(ledger.connector(LedgerFixture.key)?.watermark == Self.fixture.events[199].id.t)
        try await Self.feed(1, to: ledger)
        try await Self.feed(2, to: ledger)
        try await Self.expectAll(ledger)
    }

    @Test func `a storage path that is deleted is made and written again`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("data")
        let paper = NewsPaper()
        var ledger: EventLedger? = try await LedgerFixture.open(path, tell: paper.note)
        for third in 0...2 {
            try await Self.feed(third, to: try #require(ledger))
            try FileManager.default.removeItem(atPath: path)
        }
        _ = try await ledger?.settle(
            LedgerFixture.key,
            completing: CompletedWindow(until: 7, at: 7, isRescan: false)
        )
        #expect(paper.headlines == ["restored"])
        let second = #expect(throws: LedgerError.self) { _ = try EventLedger(directory: path) }
        #expect(second?.reason == .inUse, "the new directory is held like the old one")
        ledger = nil
        let again = try await LedgerFixture.open(path)
        #expect(again.connector(LedgerFixture.key)?.watermark == 7)
        try await Self.expectAll(again)
    }

    @Test func `a file that somebody else puts in the ledger's place is kept`() async throws {
        let directory = try TemporaryDirectory()
        let ledger = try await LedgerFixture.open(directory.path)
        try await Self.feed(0, to: ledger)
        try FileManager.default.removeItem(atPath: directory.file("ledger.sqlite"))
        _ = try directory.write("a backup", to: "ledger.sqlite")
        try await Self.feed(1, to: ledger)
        let found = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            .filter { $0.wholeMatch(of: /ledger\.sqlite\.found-\d{8}T\d{6}Z/) != nil }
        #expect(
            try found.map { try String(contentsOfFile: directory.file($0), encoding: .utf8) } == ["a backup"]
        )
    }

    @Test(arguments: ["garbage", "truncated"])
    func `a damaged database is set aside at the start, and a new one begun`(damage: String) async throws {
        let directory = try TemporaryDirectory()
        try await Self.feed(0, to: try await LedgerFixture.open(directory.path))
        // Closed for good, everything is in the one file.
        _ = try await LedgerFixture.openAgain(directory.path)
        while FileManager.default.fileExists(atPath: directory.file("ledger.sqlite-wal")) {
            await Task.yield()
        }
        let file = URL(fileURLWithPath: directory.file("ledger.sqlite"))
        let bytes = try Data(contentsOf: file)
        let damaged =
            damage == "garbage" ? Data(repeating: 7, count: bytes.count) : bytes.prefix(bytes.count / 2)
        try damaged.write(to: file)
        let paper = NewsPaper()
        let ledger = try await LedgerFixture.open(directory.path, tell: paper.note)
        #expect(paper.headlines == ["set aside"])
        #expect(ledger.connector(LedgerFixture.key)?.countsByName == [:])
        let aside = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            .filter { $0.wholeMatch(of: /ledger\.sqlite\.corrupt-\d{8}T\d{6}Z/) != nil }
        #expect(try aside.map { try Data(contentsOf: URL(fileURLWithPath: directory.file($0))) } == [damaged])
        for third in 0...2 { try await Self.feed(third, to: ledger) }
        try await Self.expectAll(ledger)
    }

    @Test func `a database that is damaged while it is in use goes on from memory`() async throws {
        let directory = try TemporaryDirectory()
        let paper = NewsPaper()
        // More than SQLite's cache holds, so that it has to read the file again.
        let fixture = LedgerFixture(count: 60_000, seed: 9)
        var ledger: EventLedger? = try await LedgerFixture.open(directory.path, tell: paper.note)
        _ = try await ledger?.ingest(fixture.events, of: LedgerFixture.key)
        let until = try #require(fixture.events.last?.id.t)
        let completion = CompletedWindow(until: until, at: 1, isRescan: false)
        _ = try await ledger?.settle(LedgerFixture.key, completing: completion)
        for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: directory.file(name)))
            let size = Int(try handle.seekToEnd())
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: Data(repeating: 0xff, count: size))
            try handle.close()
        }
        // Payloads of settled events fold the state again, which reads everything.
        let failure = await #expect(throws: LedgerError.self) {
            for start in stride(from: 0, to: fixture.payloads.count, by: 100) {
                let some = Array(fixture.payloads[start..<min(start + 100, fixture.payloads.count)])
                _ = try await ledger?.keep(some, of: LedgerFixture.key)
                _ = try await ledger?.settle(LedgerFixture.key)
            }
        }
        #expect(failure?.reason == .corrupt)
        #expect(paper.headlines == ["rebuilt"])
        let news = [
            IncomingEvent(id: EventID(t: until, n: 1_000_000), kind: "Leave", collectedAt: nil),
            IncomingEvent(id: EventID(t: until + 1, n: 0), kind: "Leave", collectedAt: nil),
        ]
        let outcome = try await ledger?.ingest(fixture.events + news, of: LedgerFixture.key)
        #expect(outcome?.new == 1, "what may have been counted is not counted again")
        #expect((outcome?.outOfScope ?? 0) > 1)
        ledger = nil
        let again = try await LedgerFixture.open(directory.path)
        var expected = fixture.counts
        expected["Leave", default: 0] += 1
        #expect(again.connector(LedgerFixture.key)?.countsByName == expected)
    }
}
