// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import EventLedger
import HTTPTransport
import Polling
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(5))) struct LateEventsTests {
    private static let key = ConnectorKey(account: String(repeating: "a", count: 32), connector: "c")

    private static let settings: PollingSettings = {
        var settings = PollingSettings()
        settings.initialLookback = 7200
        settings.overlap = 600
        settings.rescanInterval = 1800
        settings.rescanLookback = 7200
        settings.retention = 14_400
        return settings
    }()

    /// Makes events that all have different kinds, so that each count belongs to one event.
    private static func makeEvents(_ random: inout SeededRandom) -> [ShiftingAPI.Listed] {
        (0..<60).map { index in
            let t = 1_700_000_000 + Int.random(in: -7000...20_000, using: &random)
            let longest = [5, 60, 900, 7190, 15_000].randomElement(using: &random) ?? 5
            let delay = Int.random(in: 0...longest, using: &random)
            return ShiftingAPI.Listed(id: EventID(t: t, n: index), kind: "E\(index)", from: t + delay)
        }
    }

    private static func open(_ path: String) async throws -> EventLedger {
        var opened: EventLedger?
        while opened == nil {
            do {
                opened = try EventLedger(directory: path)
            } catch {
                guard error.reason == .inUse else { throw error }
                await Task.yield()
            }
        }
        let ledger = try #require(opened)
        try await ledger.recover(forgettingTunnelsAfter: 604_800)
        return ledger
    }

    @Test(arguments: 1...40)
    func `counts every event that is listed in time exactly once`(seed: UInt64)
        async throws
    {
        var random = SeededRandom(seed: seed)
        let api = ShiftingAPI(events: Self.makeEvents(&random), seed: seed)
        let directory = try TemporaryDirectory(fast: true)
        var ledger = try await Self.open(directory.path)
        _ = try await ledger.recordDiscovery(of: Self.key.account, showing: [Self.key.connector: Connector()])
        let serverClock = ServerClockOffset()
        let client = BudgetedClient(
            api: APIClient(
                transport: api,
                baseURL: try BaseURL("http://127.0.0.1/client/v4"),
                requestTimeout: .seconds(10)
            ),
            rateLimiter: TokenRateLimiter(budget: RequestBudget(limit: 1000, window: 300), clock: api),
            account: AccountSettings(account: Self.key.account) { () throws(PollFailure) in
                guard let credential = Credential("token") else { throw .cancelled }
                return credential
            },
            statistics: PollStatistics(),
            clock: api,
            serverClock: serverClock,
            retryDelays: [0.5]
        )
        // In the exporter, the discovery before the first poll measures the offset.
        serverClock.update(servedAt: Timestamp(api.time), now: api.now())
        var scope: Int?
        while api.time < 1_700_030_000 {
            if Int.random(in: 0..<12, using: &random) == 0 {
                api.skew = [0, 3600, -3600, 20, -20].randomElement(using: &random) ?? 0
            }
            if Int.random(in: 0..<20, using: &random) == 0 {
                ledger = try await {
                    // The old ledger must release the path before the new one can open it.
                    ledger = try EventLedger(directory: directory.file("elsewhere"))
                    return try await Self.open(directory.path)
                }()
            }
            let start = api.time
            let poll = ConnectorPoll(client: client, ledger: ledger, key: Self.key, settings: Self.settings)
            let result = await poll.run(now: api.now())
            let record = try #require(ledger.connector(Self.key))
            scope = scope ?? record.scopeStart?.wholeSeconds
            let scopeStart = scope ?? 0
            #expect(
                (record.watermark?.seconds ?? 0) <= start + 5,
                "seed \(seed): the watermark is in the future"
            )
            if result.failure == nil {
                expect(record, has: api.events, seed: seed) {
                    // Listed before the poll started, and within the overlap.
                    Double($0.from) <= start && $0.from - $0.id.t <= Self.settings.overlap
                        && (scopeStart...(record.watermark?.wholeSeconds ?? scopeStart)).contains($0.id.t)
                }
            }
            if result.hasRescanned, result.failure == nil {
                expect(record, has: api.events, seed: seed) {
                    Double($0.from) <= start && $0.from - $0.id.t <= Self.settings.rescanLookback
                        && (scopeStart...(record.watermark?.wholeSeconds ?? scopeStart)).contains($0.id.t)
                }
                try await ledger.moveScopeStart(
                    of: Self.key,
                    to: (record.watermark ?? Timestamp(0)) - Double(Self.settings.retention),
                    forgettingTunnelsAfter: Self.settings.forgetTunnelsAfter
                )
            }
            api.advance(by: Double.random(in: 10...400, using: &random))
        }
        let record = try #require(ledger.connector(Self.key))
        let shown = api.shownAsLatest
        expect(record, has: api.events, seed: seed) {
            shown.contains($0.kind) && $0.id.time >= record.scopeStart ?? Timestamp(0)
        }
    }

    private func expect(
        _ record: ConnectorRecord,
        has events: [ShiftingAPI.Listed],
        seed: UInt64,
        where isExpected: (ShiftingAPI.Listed) -> Bool
    ) {
        let counts = Dictionary(
            uniqueKeysWithValues: record.tallies.map { ($0.key.rawValue, $0.value.count) }
        )
        let missed = events.filter { isExpected($0) && counts[$0.kind] == nil }
        #expect(missed.isEmpty, "seed \(seed)")
        #expect(counts.values.allSatisfy { $0 == 1 }, "seed \(seed): counted twice")
    }
}
