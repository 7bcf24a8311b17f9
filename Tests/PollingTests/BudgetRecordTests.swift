// SPDX-License-Identifier: Apache-2.0

import EventLedger
import HTTPTransport
import Polling
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct `A budget across a restart` {
    /// A store in memory that may fail.
    private final class MemoryStore: BudgetStore {
        private let record = Mutex<BudgetRecord?>(nil)
        private let fails = Mutex(false)
        private let writes = Mutex(0)

        var count: Int { writes.withLock(\.self) }

        func fail(_ does: Bool) { fails.withLock { $0 = does } }

        func load() async throws(LedgerError) -> BudgetRecord? {
            guard !fails.withLock(\.self) else { throw LedgerError(.full, "the disk is full") }
            return record.withLock(\.self)
        }

        func keep(_ new: BudgetRecord) async throws(LedgerError) {
            guard !fails.withLock(\.self) else { throw LedgerError(.full, "the disk is full") }
            writes.withLock { $0 += 1 }
            record.withLock { $0 = new }
        }
    }

    private let store = MemoryStore()

    private func gate(_ limit: Int, _ clock: ManualClock) async -> TokenRateLimiter {
        let gate = TokenRateLimiter(
            budget: RequestBudget(limit: limit, window: 300),
            clock: clock,
            store: store
        )
        await gate.restore()
        return gate
    }

    @Test(arguments: 1...30) func `a kill at any moment forgets no request, and costs one grant at most`(
        seed: UInt64
    ) async throws {
        var random = SeededRandom(seed: seed)
        let limit = [1, 7, 50, 400][Int(seed) % 4]
        let clock = ManualClock()
        var sent: [Double] = []
        for _ in 0..<8 {
            let gate = await gate(limit, clock)
            let inWindow = sent.count { $0 > clock.uptime() - 300 }
            let remaining = await gate.remaining
            #expect(remaining <= limit - inWindow, "seed \(seed)")
            #expect(remaining >= limit - inWindow - 2 * max(1, limit / 50) * 8, "seed \(seed)")
            for _ in 0..<Int.random(in: 0...(limit * 2), using: &random) where await gate.remaining > 0 {
                try await gate.enter(.poll)
                sent.append(clock.uptime())
                clock.advance(by: Double.random(in: 0...4, using: &random))
            }
            // The time until the next process is up; the clock of the day may be stepped, uptime may not.
            clock.advance(by: Double.random(in: 0...60, using: &random))
            clock.step(by: Double.random(in: -5000...5000, using: &random))
        }
        for (index, start) in sent.enumerated() {
            #expect(sent[index...].prefix { $0 < start + 300 }.count <= limit, "seed \(seed)")
        }
    }

    @Test func `a thousand requests are some fifty writes`() async throws {
        let clock = ManualClock()
        let gate = await gate(1000, clock)
        for _ in 0..<1000 { try await gate.enter(.poll) }
        #expect((40...90).contains(store.count), "\(store.count)")
    }

    @Test func `after a boot the time of day decides, and what it cannot tell counts as now`() async throws {
        let before = ManualClock(epoch: "boot 1")
        let gate = await gate(100, before)
        for _ in 0..<80 { try await gate.enter(.poll) }
        for (passed, remaining) in [(-9000.0, 18...20), (0, 18...20), (350, 18...20), (370, 100...100)] {
            let after = ManualClock(epoch: "boot 2")
            after.step(by: passed)
            let restored = await self.gate(100, after)
            #expect(remaining.contains(await restored.remaining), "\(passed) seconds later")
        }
    }

    @Test func `what cannot be kept is not spent, and what cannot be read counts as spent`() async throws {
        let clock = ManualClock()
        let gate = await gate(100, clock)
        store.fail(true)
        await #expect(throws: TokenRateLimiter.Refusal.storage("the disk is full")) {
            try await gate.enter(.poll)
        }
        #expect(await gate.remaining == 100)
        let blind = await self.gate(100, clock)
        #expect(await blind.remaining == 0)
        store.fail(false)
        try await gate.enter(.poll)
        store.fail(true)
        try await gate.enter(.poll)
        await #expect(throws: TokenRateLimiter.Refusal.storage("the disk is full")) {
            try await gate.enter(.poll)
        }
    }

    @Test func `counts that no sum can hold are a spent budget`() async throws {
        let clock = ManualClock()
        let spent = (1...3).map { BudgetRecord.Spent(by: clock.uptime() - Double(10 * $0), count: .max) }
        let record = BudgetRecord(
            epoch: clock.epoch,
            uptime: clock.uptime(),
            time: clock.now(),
            spent: spent,
            silencedUntil: nil
        )
        try await store.keep(record)
        let gate = await gate(100, clock)
        #expect(await gate.remaining == 0)
        clock.advance(by: 300)
        #expect(await gate.remaining == 100)
    }

    @Test func `a token's name is a keyed hash`() throws {
        // The reference implementation's vectors: the key 00 to 0f, and the first bytes from 00 on.
        let key = Array(UInt8(0)..<16)
        #expect(TokenIdentity([], key: key).description == "726fdb47dd0e0e31")
        #expect(TokenIdentity(Array(0..<8), key: key).description == "93f5f5799a932462")
        #expect(TokenIdentity(Array(0..<15), key: key).description == "a129ca6149be45e5")
        let token = try #require(Credential("a-token"))
        #expect(TokenIdentity(token, key: key) != TokenIdentity(token, key: Array(key.reversed())))
        #expect(!TokenIdentity(token, key: key).description.contains("token"))
    }

    @Test func `each storage directory has a key of its own`() async throws {
        let directories = [try TemporaryDirectory(), try TemporaryDirectory()]
        let first = try await EventLedger(directory: directories[0].path).budgetKey()
        #expect(first.count == 16)
        #expect(try await EventLedger(directory: directories[1].path).budgetKey() != first)
    }
}
