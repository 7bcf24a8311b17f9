// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import Polling
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct TokenRateLimiterTests {
    private let clock = ManualClock()

    /// Records the priorities of requests in the order of sending.
    private final class Order: Sendable {
        private let priorities = Mutex<[RequestPriority]>([])

        var all: [RequestPriority] { priorities.withLock { $0 } }

        func add(_ priority: RequestPriority) { priorities.withLock { $0.append(priority) } }
    }

    private func makeRateLimiter(_ limit: Int) -> TokenRateLimiter {
        TokenRateLimiter(budget: RequestBudget(limit: limit, window: 60), clock: clock)
    }

    /// Advances the clock second by second, each time after all waiting tasks are asleep.
    private func pass(_ seconds: Int, sleepers: Int) async {
        for _ in 0..<seconds {
            while clock.sleepers < sleepers { await Task.yield() }
            clock.advance(by: 1)
        }
    }

    @Test func `sends requests in the order of their priorities`() async throws {
        let rateLimiter = makeRateLimiter(1)
        try await rateLimiter.sendRequest(.poll)
        let order = Order()
        await withTaskGroup(of: Void.self) { group in
            for priority in [RequestPriority.spare, .discovery, .payload, .poll] {
                let before = clock.sleepers
                group.addTask {
                    try? await rateLimiter.sendRequest(priority)
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

    @Test func `a 429 refuses all requests until Retry-After`() async throws {
        let rateLimiter = makeRateLimiter(100)
        await rateLimiter.finish(
            try await rateLimiter.enter(.poll),
            error: APIError(reason: .rateLimited, endpoint: .events, status: 429, retryAfter: .seconds(30))
        )
        await #expect(throws: TokenRateLimiter.Refusal.blocked) { try await rateLimiter.sendRequest(.poll) }
        #expect(await rateLimiter.remaining == 0)
        #expect(await rateLimiter.blockSeconds == 30)
        #expect(await !rateLimiter.hasSpare)
        clock.advance(by: 30)
        try await rateLimiter.sendRequest(.poll)
        #expect(await rateLimiter.remaining == 98)
    }

    @Test func `cancels a waiting request`() async throws {
        let rateLimiter = makeRateLimiter(1)
        try await rateLimiter.sendRequest(.poll)
        let refusal = await withTaskGroup(of: TokenRateLimiter.Refusal?.self) { group in
            group.addTask {
                do throws(TokenRateLimiter.Refusal) {
                    try await rateLimiter.sendRequest(.poll)
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
        try await rateLimiter.sendRequest(.poll)
    }

    @Test func `spare work uses what polls leave, and at least a tenth`() async throws {
        let rateLimiter = makeRateLimiter(20)
        await rateLimiter.reserve(requestsPerSecond: 0.2)
        for _ in 0..<6 {
            #expect(await rateLimiter.hasSpare)
            try await rateLimiter.sendRequest(.spare)
        }
        #expect(await !rateLimiter.hasSpare, "polls use twelve, and a tenth stays free")
        for _ in 0..<12 { try await rateLimiter.sendRequest(.poll) }
        #expect(await rateLimiter.remaining == 2)
        clock.advance(by: 60)
        await rateLimiter.reserve(requestsPerSecond: 1)
        try await rateLimiter.sendRequest(.spare)
        #expect(await rateLimiter.hasSpare, "a tenth is reserved for spare work")
        try await rateLimiter.sendRequest(.spare)
        #expect(await !rateLimiter.hasSpare)
    }
}
