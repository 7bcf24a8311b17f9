// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(5))) struct CountingTests {
    /// Any order, any repetition, any split into pages, any payload order, any restart in between.
    @Test(arguments: 1...30)
    func `matches the model for any order, repetition and page split`(seed: UInt64) async throws {
        let fixture = LedgerFixture(count: 400, seed: seed)
        var random = SeededRandom(seed: seed &* 977)
        let directory = try TemporaryDirectory()
        let storage = RestartingLedger(path: directory.path)
        let key = LedgerFixture.key
        var arrivals = fixture.events + fixture.events.shuffled(using: &random).prefix(150)
        if seed % 3 != 0 { arrivals.shuffle(using: &random) }
        var payloads = fixture.payloads.shuffled(using: &random)[...]
        var outcome = InsertOutcome()
        while !arrivals.isEmpty || !payloads.isEmpty {
            let ledger = try await storage.open()
            let page = Array(arrivals.prefix(Int.random(in: 1...90, using: &random)))
            arrivals.removeFirst(page.count)
            outcome.add(try await ledger.ingest(page, of: key))
            if Bool.random(using: &random) || arrivals.isEmpty {
                let some = Array(payloads.prefix(Int.random(in: 1...60, using: &random)))
                let seen = Set(fixture.events.map(\.id)).subtracting(arrivals.map(\.id))
                let known = some.filter { seen.contains($0.id) }
                _ = try await ledger.savePayloads(known, of: key)
                payloads = payloads.dropFirst(some.count) + some.filter { !seen.contains($0.id) }
            }
            if Bool.random(using: &random) { _ = try await ledger.updateState(of: key) }
            if Int.random(in: 0..<6, using: &random) == 0 { storage.close() }
        }
        let completion = CompletedWindow(until: 1_800_000_000, at: 1, isRescan: true)
        let record = try #require(try await storage.open().updateState(of: key, completing: completion))
        try await expect(storage, is: fixture, record)
        #expect(record.wantedPayloads == 0)
        #expect(record.hasAllPayloads)
        #expect(outcome.new == fixture.events.count)
        #expect(outcome.new + outcome.duplicate == fixture.events.count + 150)

        storage.close()
        let kept = try #require(try await storage.open().connector(key))
        try await expect(storage, is: fixture, kept)
        #expect(kept.watermark == 1_800_000_000)
    }

    private func expect(
        _ storage: RestartingLedger,
        is fixture: LedgerFixture,
        _ record: ConnectorRecord
    ) async throws {
        #expect(record.countsByName == fixture.counts)
        #expect(record.newestByName == fixture.newest)
        #expect(record.state == fixture.state)
        let histograms = try await storage.open().histograms(of: LedgerFixture.account)
        #expect(histograms[.deliveryDelay].count == fixture.events.count)
    }

    @Test func `observes an event once, however late its start arrives`() async throws {
        let directory = try TemporaryDirectory()
        let ledger = try await LedgerFixture.open(directory.path)
        let key = LedgerFixture.key
        func show(_ kind: EventKind, t: Int) async throws {
            let event = IncomingEvent(id: EventID(t: t, n: 0), kind: kind.rawValue, collectedAt: Timestamp(t))
            _ = try await ledger.ingest([event], of: key)
            _ = try await ledger.updateState(of: key)
        }
        let name = AccountHistograms.Name.operation(.attestation, .success)
        try await show(.finishAttestationSuccess, t: 130)
        #expect(ledger.histograms(of: key.account)[name].count == 0)
        try await show(.startAttestation, t: 100)
        #expect(ledger.histograms(of: key.account)[name].sum == 30)
        try await show(.startAttestation, t: 120)
        #expect(
            ledger.histograms(of: key.account)[name].count == 1,
            "a counter does not take back what it said"
        )
        #expect(ledger.connector(key)?.state[.attestation].openSince == nil)

        try await show(.initialize, t: 200)
        try await show(.initialize, t: 300)
        #expect(ledger.connector(key)?.uncleanRestarts == 1)
        try await show(.leave, t: 250)
        #expect(ledger.connector(key)?.uncleanRestarts == 1)
        try await show(.initialize, t: 400)
        #expect(ledger.connector(key)?.uncleanRestarts == 2)
    }

    @Test func `does not count an event before the scope, and reports it`() async throws {
        let directory = try TemporaryDirectory()
        let ledger = try EventLedger(directory: directory.path)
        let key = LedgerFixture.key
        _ = try await ledger.recordDiscovery(of: key.account, showing: [key.connector: Connector()])
        #expect(try await ledger.setScopeStart(of: key, from: 100) == 100)
        #expect(try await ledger.setScopeStart(of: key, from: 50) == 100, "the scope is set once")
        let events = [99, 100, 101].map {
            IncomingEvent(id: EventID(t: $0, n: 1), kind: "Init", collectedAt: nil)
        }
        let outcome = try await ledger.ingest(events, of: key)
        #expect(outcome.new == 2)
        #expect(outcome.outOfScope == 1)
    }

    @Test func `counts an event as late if an earlier complete poll missed it`() async throws {
        let directory = try TemporaryDirectory()
        let ledger = try await LedgerFixture.open(directory.path)
        let key = LedgerFixture.key
        let early = IncomingEvent(id: EventID(t: 10, n: 0), kind: "Leave", collectedAt: 20)
        #expect(try await ledger.ingest([early], of: key).late == 0)
        _ = try await ledger.updateState(
            of: key,
            completing: CompletedWindow(until: 100, at: 100, isRescan: false)
        )
        let late = IncomingEvent(id: EventID(t: 11, n: 0), kind: "Leave", collectedAt: 150)
        #expect(try await ledger.ingest([late, early], of: key).late == 1)
        let settled = try await ledger.updateState(
            of: key,
            completing: CompletedWindow(until: 90, at: 200, isRescan: false)
        )
        #expect(settled?.watermark == 90, "the clock was ahead: what had not happened yet was not complete")
    }

    @Test(arguments: 1...8)
    func `deleting old events changes no count and no state`(seed: UInt64) async throws {
        let fixture = LedgerFixture(count: 500, seed: seed)
        let directory = try TemporaryDirectory()
        let ledger = try await LedgerFixture.open(directory.path)
        let key = LedgerFixture.key
        let half = fixture.events[250].id.time
        _ = try await ledger.ingest(fixture.events.filter { $0.id.time < half + 500 }, of: key)
        _ = try await ledger.savePayloads(fixture.payloads.filter { $0.id.time < half + 500 }, of: key)
        let before = try await ledger.updateState(
            of: key,
            completing: CompletedWindow(until: half, at: 1, isRescan: false)
        )
        try await ledger.forgetEvents(of: key, before: half)
        #expect(ledger.connector(key)?.countsByName == before?.countsByName)
        #expect(ledger.connector(key)?.scopeStart == half)
        // Deleted events are out of scope; the others arrive out of order and the state is recomputed from its base.
        let outcome = try await ledger.ingest(fixture.events.reversed(), of: key)
        #expect(outcome.outOfScope == fixture.events.count { $0.id.time < half })
        _ = try await ledger.savePayloads(fixture.payloads, of: key)
        let record = try await ledger.updateState(of: key)
        #expect(record?.countsByName == fixture.counts)
        var expected = fixture.state
        expected.removeFinishes(before: half)
        #expect(record?.state == expected)
    }

    @Test func `keeps the time at which counts were 0`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let storage = RestartingLedger(path: directory.path)
        let account = LedgerFixture.account
        let keys = ["c0", "c1", "c2"].map { ConnectorKey(account: account, connector: $0) }
        let shown = Dictionary(uniqueKeysWithValues: keys.map { ($0.connector, Connector()) })
        // The last reference closes the ledger.
        do {
            let ledger = try await storage.open()
            _ = try await ledger.recordDiscovery(of: account, showing: shown)
            #expect(ledger.connector(keys[1])?.countedSince == nil)
            #expect(try await ledger.setScopeStart(of: keys[1], from: 1000) == 1000)
            #expect(try await ledger.setScopeStart(of: keys[1], from: 500) == 1000)
            try await ledger.forgetEvents(of: keys[1], before: 3000)
            #expect(ledger.connector(keys[1])?.scopeStart == 3000)
            #expect(ledger.connector(keys[1])?.countedSince == 1000)
        }
        storage.close()
        let reopened = try await storage.open()
        #expect(reopened.connector(keys[1])?.countedSince == 1000)
        // A second connector with an earlier scope does not move the time.
        #expect(reopened.countedSince(of: account) == 0)
        _ = try await reopened.setScopeStart(of: keys[2], from: -10)
        #expect(reopened.connector(keys[2])?.countedSince == -10)
        #expect(reopened.countedSince(of: account) == 0)
        #expect(reopened.countedSince(of: "another") == nil)
    }
}
