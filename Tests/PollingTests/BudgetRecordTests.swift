// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import HTTPTransport
import LinuxSystem
import Polling
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct BudgetRecordTests {
    private let store = MemoryBudgetStore()

    /// Starts a process with the budget of the previous one.
    private func restart(_ limit: Int, _ clock: ManualClock) async -> TokenRateLimiter {
        let rateLimiter = TokenRateLimiter(
            budget: RequestBudget(limit: limit, window: 300),
            clock: clock,
            store: store
        )
        await rateLimiter.restore()
        return rateLimiter
    }

    @Test(arguments: 1...30) func `a kill loses no request and wastes at most one lease`(
        seed: UInt64
    ) async throws {
        var random = SeededRandom(seed: seed)
        let limit = [1, 7, 50, 400][Int(seed) % 4]
        let clock = ManualClock()
        var sent: [Uptime] = []
        for _ in 0..<8 {
            let rateLimiter = await restart(limit, clock)
            let inWindow = sent.count { $0 > clock.uptime() - 300 }
            let remaining = await rateLimiter.remaining
            #expect(remaining <= limit - inWindow, "seed \(seed)")
            #expect(remaining >= limit - inWindow - 2 * max(1, limit / 50) * 8, "seed \(seed)")
            for _ in 0..<Int.random(in: 0...(limit * 2), using: &random) where await rateLimiter.remaining > 0
            {
                try await rateLimiter.sendRequest(.poll)
                sent.append(clock.uptime())
                clock.advance(by: Double.random(in: 0...4, using: &random))
            }
            // The time until the next process starts. The time of day may be set meanwhile.
            clock.advance(by: Double.random(in: 0...60, using: &random))
            clock.step(by: Double.random(in: -5000...5000, using: &random))
        }
        for (index, start) in sent.enumerated() {
            #expect(sent[index...].prefix { $0 < start + 300 }.count <= limit, "seed \(seed)")
        }
    }

    @Test func `saves about fifty records per thousand requests`() async throws {
        let clock = ManualClock()
        let rateLimiter = await restart(1000, clock)
        for _ in 0..<1000 { try await rateLimiter.sendRequest(.poll) }
        #expect((40...90).contains(store.saveCount), "\(store.saveCount)")
    }

    @Test func `measures the age of a record by the time of day after a boot`() async throws {
        let before = ManualClock(epoch: "boot 1")
        let rateLimiter = await restart(100, before)
        for _ in 0..<80 { try await rateLimiter.sendRequest(.poll) }
        for (passed, remaining) in [(-9000.0, 18...20), (0, 18...20), (350, 18...20), (390, 100...100)] {
            let after = ManualClock(epoch: "boot 2")
            after.step(by: passed)
            let restored = await restart(100, after)
            #expect(remaining.contains(await restored.remaining), "\(passed) seconds later")
        }
    }

    @Test func `sends nothing without a saved lease, and treats an unreadable record as spent`() async throws
    {
        let clock = ManualClock()
        let rateLimiter = await restart(100, clock)
        store.setFailing(true)
        await #expect(throws: TokenRateLimiter.Refusal.storage("the disk is full")) {
            try await rateLimiter.sendRequest(.poll)
        }
        #expect(await rateLimiter.remaining == 100)
        let restarted = await restart(100, clock)
        #expect(await restarted.remaining == 0)
        store.setFailing(false)
        try await rateLimiter.sendRequest(.poll)
        store.setFailing(true)
        try await rateLimiter.sendRequest(.poll)
        await #expect(throws: TokenRateLimiter.Refusal.storage("the disk is full")) {
            try await rateLimiter.sendRequest(.poll)
        }
    }

    @Test func `restores a damaged record with huge counts as a spent budget`() async throws {
        let clock = ManualClock()
        let spent = (1...3).map {
            BudgetRecord.Spent(by: clock.uptime().seconds - Double(10 * $0), count: .max)
        }
        let record = BudgetRecord(
            epoch: clock.epoch,
            uptime: clock.uptime().seconds,
            time: clock.now(),
            spent: spent,
            silencedUntil: nil
        )
        try await store.save(record)
        let rateLimiter = await restart(100, clock)
        #expect(await rateLimiter.remaining == 0)
        clock.advance(by: 300)
        #expect(await rateLimiter.remaining == 100)
    }

    @Test func `requests under way at a kill count until the latest time of their answer`() async throws {
        let clock = ManualClock()
        var budget = RequestBudget(limit: 10, window: 60, requestTimeout: 10)
        for _ in 0..<4 { budget.startRequest(at: clock.uptime()) }
        budget.finishRequest(at: clock.uptime())
        let record = budget.record(leasing: 2, until: clock.uptime() + 5, by: clock)
        clock.advance(by: 20)
        var restored = RequestBudget(limit: 10, window: 60, requestTimeout: 10)
        restored.restore([record], by: clock)
        #expect(restored.remaining(at: 1059.9) == 4)
        #expect(restored.remaining(at: 1060) == 5, "the answered request")
        #expect(restored.remaining(at: 1070) == 8, "the requests under way")
        #expect(restored.remaining(at: 1075) == 10, "the leased requests")
    }

    @Test func `a restart finds the record of the token or of an account under a hashed name`() async throws {
        let directory = try TemporaryDirectory()
        let ledger = try EventLedger(directory: directory.path)
        try await ledger.recover(forgettingTunnelsAfter: 604_800)
        let budgetKey = try await ledger.budgetKey()
        // Not a real hash function: the test compares only what the store passes in.
        let keyedHash: LedgerBudgetStore.KeyedHash = { text, key in
            key == budgetKey ? Array((text + text).suffix(8).reversed()) : nil
        }
        let record = RequestBudget(limit: 10, window: 60).record(leasing: 3, until: 1000, by: ManualClock())
        func store(_ token: String, _ accounts: [String]) throws -> LedgerBudgetStore {
            LedgerBudgetStore(
                ledger: ledger,
                credential: try #require(Credential(token)),
                accounts: accounts,
                keyedHash: keyedHash
            )
        }
        try await store("token-one", ["a", "b"]).save(record)
        #expect(try await store("token-one", ["a", "b"]).load() == [record])
        #expect(try await store("token-one", ["c"]).load() == [record], "the same token")
        #expect(try await store("token-two", ["b", "c"]).load() == [record], "the same account")
        #expect(try await store("token-two", ["c"]).load() == [])
        let failing = LedgerBudgetStore(
            ledger: ledger,
            credential: try #require(Credential("token-one")),
            accounts: []
        ) { _, _ in nil }
        await #expect(throws: LedgerError.self) { try await failing.load() }
    }

    @Test func `requests of two former tokens are added`() async throws {
        let clock = ManualClock()
        for account in ["account 1", "account 2"] {
            store.use(names: ["token of \(account)", account])
            let rateLimiter = await restart(100, clock)
            for _ in 0..<30 { try await rateLimiter.sendRequest(.poll) }
            clock.advance(by: 1)
        }
        store.use(names: ["new token", "account 1", "account 2"])
        let remaining = await restart(100, clock).remaining
        #expect((36...40).contains(remaining), "\(remaining)")
        clock.advance(by: 320)
        #expect(await restart(100, clock).remaining == 100)
    }

    @Test func `each storage directory has its own key`() async throws {
        let directories = [try TemporaryDirectory(), try TemporaryDirectory()]
        let first = try await EventLedger(directory: directories[0].path).budgetKey()
        #expect(first.count == 16)
        #expect(try await EventLedger(directory: directories[1].path).budgetKey() != first)
    }
}
