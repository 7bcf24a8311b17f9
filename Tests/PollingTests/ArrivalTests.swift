// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import HTTPTransport
import LinuxSystem
import Polling
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ArrivalTests {
    private static let window = 60.0

    /// Runs a process with eight concurrent clients for some seconds, and kills it.
    private func run(
        _ server: DelayedServer,
        limit: Int,
        store: MemoryBudgetStore,
        clock: ManualClock,
        seconds: Double
    ) async throws {
        let rateLimiter = TokenRateLimiter(
            budget: RequestBudget(limit: limit, window: Self.window, requestTimeout: DelayedServer.timeout),
            clock: clock,
            store: store
        )
        await rateLimiter.restore()
        let credential = try #require(Credential("token"))
        let api = APIClient(
            transport: server,
            baseURL: try BaseURL("http://127.0.0.1:1/client/v4"),
            requestTimeout: .seconds(DelayedServer.timeout)
        )
        let client = BudgetedClient(
            api: api,
            rateLimiter: rateLimiter,
            account: AccountSettings(account: SimulatedAccount.id) { () throws(PollFailure) in credential },
            statistics: PollStatistics(),
            clock: clock,
            serverClock: ServerClockOffset(),
            retryDelays: [0.5]
        )
        let executor = StepExecutor()
        let end = clock.uptime() + seconds
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask(executorPreference: executor) {
                    while !Task.isCancelled {
                        _ = try? await client.call(.connectors, .poll) {
                            (credential) async throws(APIError) in
                            try await api.connectors(account: SimulatedAccount.id, credential: credential)
                        }
                    }
                }
            }
            executor.run()
            while clock.uptime() < end {
                let next = min(clock.nextWake ?? end, end)
                let pause: Double = next - clock.uptime()
                clock.advance(by: max(0, pause))
                executor.run()
            }
            group.cancelAll()
            executor.run()
        }
    }

    @Test(arguments: 1...24) func `the server never counts more than the limit in any window`(
        seed: UInt64
    ) async throws {
        var random = SeededRandom(seed: seed)
        let limit = [1, 4, 20, 60][Int(seed) % 4]
        let clock = ManualClock()
        let server = DelayedServer(seed: seed, clock: clock)
        let store = MemoryBudgetStore()
        for _ in 0..<5 {
            let seconds = Double.random(in: 20...200, using: &random)
            try await run(server, limit: limit, store: store, clock: clock, seconds: seconds)
            clock.advance(by: Double.random(in: 0...5, using: &random))
        }
        #expect(server.arrivals.peak(window: Self.window) <= limit, "seed \(seed)")
        guard limit >= 20 else { return }
        let windows = (clock.uptime().seconds - 1000) / (Self.window + DelayedServer.timeout)
        #expect(
            Double(server.arrivals.count) > windows * Double(limit) / 3,
            "seed \(seed): the budget is used"
        )
    }

    @Test(arguments: 1...24) func `new tokens of the same accounts do not exceed the limit of their owner`(
        seed: UInt64
    ) async throws {
        var random = SeededRandom(seed: seed)
        let limit = [1, 4, 20, 60][Int(seed) % 4]
        let clock = ManualClock()
        let server = DelayedServer(seed: seed, clock: clock)
        let store = MemoryBudgetStore()
        for _ in 0..<8 {
            let token = "token \(Int.random(in: 1...3, using: &random))"
            store.use(names: [token, "account 1", "account 2"])
            let seconds = Double.random(in: 2...100, using: &random)
            try await run(server, limit: limit, store: store, clock: clock, seconds: seconds)
            clock.advance(by: Double.random(in: 0...5, using: &random))
        }
        #expect(server.arrivals.peak(window: Self.window) <= limit, "seed \(seed)")
        #expect(server.arrivals.count >= 3 * limit, "seed \(seed): the budget is used")
    }
}
