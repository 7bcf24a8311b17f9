// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ShardTests {
    private let ids = (0..<2000).map { "connector-\($0)" }

    private func owners(_ count: Int) throws -> [String: Int] {
        let shards = try (0..<count).map { try #require(Shard(index: $0, count: count)) }
        return Dictionary(
            uniqueKeysWithValues: ids.map { id in
                let owners = shards.filter { $0.owns(id) }
                #expect(owners.count == 1, "\(id)")
                return (id, owners.first?.index ?? -1)
            }
        )
    }

    @Test(arguments: [1, 2, 3, 7, 16])
    func `each connector belongs to one shard, and shards have similar sizes`(
        count: Int
    ) throws {
        let sizes = Dictionary(grouping: try owners(count).values, by: \.self).mapValues(\.count)
        #expect(sizes.count == count)
        let even = Double(ids.count) / Double(count)
        #expect(sizes.values.allSatisfy { abs(Double($0) - even) < 5 * even.squareRoot() }, "\(sizes)")
    }

    @Test func `another shard moves only its own connectors`() throws {
        let before = try owners(4)
        let after = try owners(5)
        for id in ids where before[id] != after[id] { #expect(after[id] == 4, "\(id)") }
    }

    @Test func `the assignment never changes between versions`() throws {
        // Another hash function would move the series of every installation.
        let owners = try owners(4)
        #expect(ids.prefix(12).map { owners[$0] ?? -1 } == Self.pinned)
    }

    private static let pinned = [2, 3, 3, 0, 1, 2, 3, 2, 2, 2, 1, 2]

    @Test func `shares add up to the total`() throws {
        for total in [7, 1000, 1001, 1003] {
            let shares = try (0..<4).map { try #require(Shard(index: $0, count: 4)).share(of: total) }
            #expect(shares.reduce(0, +) == total)
            #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
        }
    }

    @Test func `rejects an index that is not below the count`() {
        #expect(Shard(index: 4, count: 4) == nil)
        #expect(Shard(index: -1, count: 4) == nil)
        #expect(Shard(index: 0, count: 0) == nil)
    }

    @Test func `publishes its own connectors and does not change others`() async throws {
        let clock = ManualClock()
        let now = clock.now().wholeSeconds
        let events = Dictionary(
            uniqueKeysWithValues: ids.prefix(40).map { id in
                (id, [SimulatedAccount.Event(kind: "Reconcile", t: now - 60, n: 1)])
            }
        )
        let account = SimulatedAccount(events: events, clock: clock)
        let storage = try TemporaryDirectory()
        var settings = PollingSettings()
        settings.discoveryInterval = 60
        func poller(_ shard: Shard) -> AcceleratedPoller {
            AcceleratedPoller(
                account,
                storage: storage,
                shard: shard,
                budget: RequestBudget(limit: 1000, window: 300),
                settings: settings,
                clock: clock
            )
        }
        let whole = poller(.whole)
        try await whole.run(seconds: 30)
        #expect(whole.seen.counts.count == 40)

        let shard = try #require(Shard(index: 1, count: 2))
        let half = poller(shard)
        let own = Set(account.connectors.filter(shard.owns))
        let pollsBefore = account.seen.polls
        let kept = Mutex<[ConnectorRecord]>([])
        try await half.run(seconds: 600) { ledger in
            let records = ledger.connectors(of: SimulatedAccount.id)
            kept.withLock { $0 = records }
        }
        #expect(Set(half.seen.counts.keys.map(\.connector)) == own)
        #expect(half.seen.gone.isEmpty)
        #expect(half.seen.accounts.map(\.connectors) == [own.count])
        let records = kept.withLock(\.self)
        #expect(records.count == 40)
        for record in records {
            #expect(record.isPresent, "more than five discoveries have passed")
            let id = record.key.connector
            #expect((account.seen.polls[id] == pollsBefore[id]) == !own.contains(id), "\(id)")
        }
    }
}
