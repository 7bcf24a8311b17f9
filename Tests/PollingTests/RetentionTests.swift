// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling
import Synchronization
import TestSupport
import Testing

/// The deletion of old events.
@Suite(.timeLimit(.minutes(1))) struct RetentionTests {
    @Test
    func `deletes events after their retention, keeps those that a poll may return, and changes no count`()
        async throws
    {
        let clock = ManualClock()
        let start = clock.now().wholeSeconds
        let times = (0..<96).map { start - 12 * 3600 + $0 * 3600 }
        let events = times.enumerated().map { SimulatedAccount.Event(kind: "Reconcile", t: $1, n: $0) }
        var settings = PollingSettings()
        settings.interval = 1800
        settings.initialLookback = 86_400
        settings.rescanLookback = 6 * 3600
        settings.retention = 12 * 3600
        settings.eventsRetention = 24 * 3600
        settings.snapshotInterval = nil
        let storage = try TemporaryDirectory()
        let poller = AcceleratedPoller(
            SimulatedAccount(events: ["c": events], clock: clock),
            storage: storage,
            budget: RequestBudget(limit: 1000, window: 300, requestTimeout: 10),
            settings: settings,
            clock: clock
        )
        let record = Mutex<ConnectorRecord?>(nil)
        try await poller.run(seconds: 40 * 3600) { ledger in
            let key = ConnectorKey(account: SimulatedAccount.id, connector: "c")
            record.withLock { $0 = ledger.connector(key) }
        }
        let end = clock.now().wholeSeconds
        // The last poll may have ended an interval before.
        let counted = times.filter { $0 <= end - 2000 }
        let found = try #require(record.withLock { $0 })
        #expect(found.tallies.values.map(\.count).reduce(0, +) >= counted.count)
        let kept = try EventHistory(directory: storage.path).events(matching: EventFilter(), limit: 1000)
            .events
        let oldest = try #require(kept.first?.event.id.t)
        // A rescan, which deletes, comes every hour.
        #expect((end - 24 * 3600 - 8000...end - 22 * 3600).contains(oldest), "\(end - oldest)")
        #expect(kept.map(\.event.id.t).filter { $0 <= end - 2000 } == counted.filter { $0 >= oldest })
        let scopeStart = try #require(found.scopeStart?.wholeSeconds)
        #expect((end - 12 * 3600 - 8000...end - 11 * 3600).contains(scopeStart), "\(end - scopeStart)")
    }
}
