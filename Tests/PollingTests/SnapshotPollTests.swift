// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import ConnectorSnapshots
import Polling
import Synchronization
import TestSupport
import Testing

struct SnapshotPollTests {
    private func poller(
        connectors: Int,
        limit: Int = 1000,
        interval: Double? = 60,
        snapshots: SimulatedAccount.Snapshots? = SimulatedAccount.Snapshots()
    ) throws -> AcceleratedPoller {
        let clock = ManualClock()
        let ids = (0..<connectors).map { "c\($0)" }
        let account = SimulatedAccount(
            events: Dictionary(uniqueKeysWithValues: ids.map { ($0, []) }),
            clock: clock
        )
        account.snapshots.withLock { $0 = snapshots }
        var settings = PollingSettings()
        settings.snapshotInterval = interval
        return AcceleratedPoller(
            account,
            storage: try TemporaryDirectory(),
            budget: RequestBudget(limit: limit, window: 300),
            settings: settings,
            clock: clock
        )
    }

    @Test(arguments: [(30, 60.0), (60, 60), (300, 60), (300, 120), (420, 60)])
    func `reads each snapshot soon after its arrival, and not more often than the interval`(
        recorded: Int,
        interval: Double
    ) async throws {
        let plan = SimulatedAccount.Snapshots(interval: recorded, delay: 7)
        let poller = try poller(connectors: 5, interval: interval, snapshots: plan)
        try await poller.run(seconds: 3600)
        let seen = poller.account.seen
        #expect(seen.snapshotPolls.count == 5)
        for times in seen.snapshotPolls.values {
            #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= interval - 0.001 })
            let rounds = Int(3600 / max(interval, Double(recorded)))
            #expect((rounds - 3...rounds + 3).contains(times.count))
        }
        guard recorded >= Int(interval) else { return }
        for ages in poller.seen.snapshotAges.values {
            // The first poll is at a random time.
            #expect(ages.dropFirst(2).allSatisfy { $0 <= 7 + 10 }, "\(ages)")
        }
    }

    @Test func `events come first, and snapshots get at least a tenth of a short budget`() async throws {
        let with = try poller(connectors: 60, limit: 100)
        let without = try poller(connectors: 60, limit: 100, interval: nil)
        for poller in [with, without] { try await poller.run(seconds: 6000) }
        let polls = [with, without].map { $0.account.seen.polls.values.reduce(0) { $0 + $1.count } }
        #expect(polls[1] > 1000)
        #expect(Double(polls[0]) > 0.95 * Double(polls[1]), "\(polls)")
        let snapshots = with.account.seen.snapshotPolls.values.map(\.count)
        #expect(snapshots.count == 60)
        let total = snapshots.reduce(0, +)
        // A tenth of 100 requests in 300 s for 6,000 s, less the start.
        #expect(total >= 160)
        #expect((snapshots.max() ?? 0) - (snapshots.min() ?? 0) <= 2, "the interval stretches evenly")
        #expect(with.account.peak(window: 300) <= 100)
    }

    @Test func `failing snapshots do not affect events`() async throws {
        let poller = try poller(connectors: 2, snapshots: SimulatedAccount.Snapshots(status: 503))
        try await poller.run(seconds: 600)
        #expect(poller.statistics.snapshot.failures.values.allSatisfy { $0 == 0 })
        #expect(poller.account.seen.polls.values.allSatisfy { $0.count >= 9 })
        for view in poller.seen.snapshots.values { #expect(!view.pollSucceeded && view.snapshot == nil) }
        #expect(poller.seen.snapshots.count == 2)
        poller.account.snapshots.withLock { $0?.status = 200 }
        try await poller.run(seconds: 300)
        for view in poller.seen.snapshots.values { #expect(view.pollSucceeded && view.snapshot != nil) }
    }

    @Test func `a connector without snapshots is a success`() async throws {
        let poller = try poller(connectors: 1, snapshots: nil)
        try await poller.run(seconds: 300)
        let view = try #require(poller.seen.snapshots.values.first)
        #expect(view.pollSucceeded && view.snapshot == nil && view.lastSuccess != nil)
    }

    @Test func `a snapshot is stale after three intervals, at least 15 minutes`() async throws {
        for (recorded, age) in [(60, 900.0), (600, 1800)] {
            let plan = SimulatedAccount.Snapshots(interval: recorded, delay: 5)
            let poller = try poller(connectors: 1, snapshots: plan)
            try await poller.run(seconds: 3600)
            let view = try #require(poller.seen.snapshots.values.first)
            let snapshot = try #require(view.snapshot)
            #expect(view.staleAt == Timestamp(snapshot.t) + age)
        }
    }
}
