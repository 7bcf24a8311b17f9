// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import LinuxSystem

// MARK: - Schedule

extension Poller {
    /// Seconds between two adaptations of the interval to the cost of polls.
    private static let adaptationSeconds = 60.0

    func addToSchedule(_ record: ConnectorRecord, at now: Uptime) {
        guard !schedule.contains(record.key) else { return }
        schedule.add(record.key, isNew: record.watermark == nil, isOpen: hasOpenWork(record), at: now)
        accounts[record.key.account]?.add(record)
        snapshots.add(record.key, at: now)
    }

    func remove(_ key: ConnectorKey) {
        schedule.remove(key)
        backfillQueue.remove(key)
        pollSucceeded[key] = nil
        snapshots.remove(key)
        snapshotTrackers[key] = nil
        accounts[key.account]?.remove(key)
        context.observer.connectorGone(key)
    }

    /// Adapts the interval to the budget and to the cost of polls.
    func adaptInterval() async {
        adaptationDue = context.clock.uptime() + Self.adaptationSeconds
        cost.update(requests: await context.rateLimiter.pollRequests)
        schedule.adaptInterval(cost: cost.average, rate: await context.rateLimiter.pollRate)
        let pollRate = schedule.rate * cost.average
        snapshots.adaptInterval(rate: await context.rateLimiter.snapshotRate(besides: pollRate))
        await context.rateLimiter.reserve(requestsPerSecond: pollRate + snapshots.rate)
    }

    /// Queues a connector for a backfill if its history lacks payloads.
    func updateBackfill(of record: ConnectorRecord) {
        if record.watermark != nil, record.wantedPayloads > 0 {
            backfillQueue.add(record.key)
        } else {
            backfillQueue.remove(record.key)
        }
    }

    /// Takes connectors for backfills, if polls leave enough concurrency and budget.
    func takeBackfills() async -> [ConnectorKey] {
        guard !backfillQueue.isEmpty, await context.rateLimiter.hasSpare else { return [] }
        return backfillQueue.take(atMost: settings.concurrency / 2 - running) { schedule.hold($0) }
    }

    /// Returns whether a connector has an open operation or rekey, which should end soon.
    func hasOpenWork(_ record: ConnectorRecord) -> Bool {
        let tunnels = record.state.tunnels(
            forgettingAfter: settings.forgetTunnelsAfter,
            at: context.clock.now()
        )
        return Operation.allCases.contains { record.state[$0].openSince != nil }
            || tunnels.values.contains { $0.phase.isTransitional }
    }
}
