// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import Polling
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Token gate` {
    private let clock = ManualClock()

    /// Who was let in, in order.
    private final class Order: Sendable {
        private let priorities = Mutex<[RequestPriority]>([])

        var all: [RequestPriority] { priorities.withLock { $0 } }

        func add(_ priority: RequestPriority) { priorities.withLock { $0.append(priority) } }
    }

    private func gate(_ limit: Int) -> TokenRateLimiter {
        TokenRateLimiter(budget: RequestBudget(limit: limit, window: 60), clock: clock)
    }

    /// Lets time pass second by second, each one only when everybody who waits is asleep.
    private func pass(_ seconds: Int, sleepers: Int) async {
        for _ in 0..<seconds {
            while clock.sleepers < sleepers { await Task.yield() }
            clock.advance(by: 1)
        }
    }

    @Test func `when the budget is short, what is happening now goes before what can wait`() async throws {
        let gate = gate(1)
        try await gate.enter(.poll)
        let order = Order()
        await withTaskGroup(of: Void.self) { group in
            for priority in [RequestPriority.spare, .discovery, .payload, .poll] {
                let before = clock.sleepers
                group.addTask {
                    try? await gate.enter(priority)
                    order.add(priority)
                }
                while clock.sleepers == before { await Task.yield() }
            }
            for left in [4, 3, 2, 1] {
                while order.all.count == 4 - left {
                    while clock.sleepers < left, order.all.count == 4 - left { await Task.yield() }
                    clock.advance(by: 1)
                }
            }
        }
        #expect(order.all == [.poll, .payload, .discovery, .spare])
    }

    @Test func `a 429 refuses everything at once, until the server's own time`() async throws {
        let gate = gate(100)
        await gate.note(
            APIError(reason: .rateLimited, endpoint: .events, status: 429, retryAfter: .seconds(30))
        )
        await #expect(throws: TokenRateLimiter.Refusal.silenced) { try await gate.enter(.poll) }
        #expect(await gate.remaining == 0)
        #expect(await gate.silenceSeconds == 30)
        #expect(await !gate.hasSpare)
        clock.advance(by: 30)
        try await gate.enter(.poll)
        #expect(await gate.remaining == 99)
    }

    @Test func `who waits for the budget can be cancelled`() async throws {
        let gate = gate(1)
        try await gate.enter(.poll)
        let refusal = await withTaskGroup(of: TokenRateLimiter.Refusal?.self) { group in
            group.addTask {
                do throws(TokenRateLimiter.Refusal) {
                    try await gate.enter(.poll)
                    return nil
                } catch {
                    return error
                }
            }
            while clock.sleepers == 0 { await Task.yield() }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(refusal == .cancelled)
        await pass(60, sleepers: 0)
        try await gate.enter(.poll)
    }

    @Test func `spare work leaves polls what they will need, and is never starved by them`() async throws {
        let gate = gate(20)
        await gate.reserve(pollsPerSecond: 0.2)
        for _ in 0..<6 {
            #expect(await gate.hasSpare)
            try await gate.enter(.spare)
        }
        #expect(await !gate.hasSpare, "twelve polls and a tenth are not its own")
        for _ in 0..<12 { try await gate.enter(.poll) }
        #expect(await gate.remaining == 2)
        clock.advance(by: 60)
        await gate.reserve(pollsPerSecond: 1)
        try await gate.enter(.spare)
        #expect(await gate.hasSpare, "a tenth is always its own")
        try await gate.enter(.spare)
        #expect(await !gate.hasSpare)
    }
}
