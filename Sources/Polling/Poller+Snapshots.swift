// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import ConnectorSnapshots
import LinuxSystem
import Logging

// MARK: - Snapshots

extension Poller {
    /// How far the first list of snapshots reaches back, in seconds.
    private static let listedSeconds = 3600

    /// Maximum delay after failures, in seconds.
    private static let longestBackoff = 600.0

    /// Maximum number of unknown texts that are logged.
    private static let maxLoggedStates = 64

    /// Whether another snapshot poll may start.
    ///
    /// Event polls have the larger part of the concurrency.
    var maySendSnapshots: Bool { runningSnapshots < max(1, settings.concurrency / 2) }

    /// Takes connectors whose snapshots are due.
    func takeSnapshots(at now: Uptime) -> [ConnectorKey] {
        var taken: [ConnectorKey] = []
        while maySendSnapshots, let key = snapshots.take(at: now) {
            runningSnapshots += 1
            taken.append(key)
        }
        return taken
    }

    /// Reads the newest snapshot of a connector, and publishes it.
    ///
    /// A failure does not affect events.
    func pollSnapshot(of key: ConnectorKey) async {
        defer {
            runningSnapshots -= 1
            wakeSignal.signal()
        }
        guard let account = accounts[key.account] else { return }
        let client = client(of: account.settings)
        var tracker = snapshotTrackers[key] ?? SnapshotTracker()
        do throws(PollFailure) {
            let newest = try await newestSnapshot(of: key, client)
            if newest != nil, !tracker.hasListed, await context.rateLimiter.hasSpare {
                tracker.hasListed = true
                tracker.record(times: await listTimes(of: key, client))
            }
            let previous = tracker.recordSuccess(newest, at: context.clock.now())
            if let snapshot = tracker.snapshot { inspect(snapshot, after: previous, of: key) }
            context.statistics.countDroppedSnapshotItems(newest?.dropped ?? 0)
            failureLog.recordSuccess(of: .snapshotPoll, account: key.account, subject: key.connector)
        } catch {
            guard !error.isCancellation else { return }
            let now = context.clock.uptime()
            tracker.recordFailure()
            failureLog.recordFailure(
                of: .snapshotPoll,
                account: key.account,
                subject: key.connector,
                error,
                at: now
            )
        }
        guard snapshots.contains(key) else { return }
        snapshotTrackers[key] = tracker
        publish(tracker, of: key)
        scheduleNextSnapshot(of: key, tracker)
    }

    private func newestSnapshot(
        of key: ConnectorKey,
        _ client: BudgetedClient
    ) async throws(PollFailure) -> Snapshot? {
        do throws(PollFailure) {
            let reply = try await client.call(.latestSnapshot, .snapshot) {
                (credential) async throws(APIError) in
                try await client.api.latestSnapshot(
                    account: key.account,
                    connector: key.connector,
                    credential: credential
                )
            }
            return reply.newest
        } catch {
            // A connector that has never reported.
            if error.reason == .api(.notFound) { return nil }
            throw error
        }
    }

    /// Returns the times of the snapshots of the last hour, or none if they cannot be listed.
    private func listTimes(
        of key: ConnectorKey,
        _ client: BudgetedClient
    ) async -> [(t: Int, collectedAt: Int)] {
        let now = context.clock.now().wholeSeconds
        let query = EventQuery(
            from: now - Self.listedSeconds,
            to: now + PollingSettings.clockSkew,
            limit: settings.pageLimit
        )
        let page = try? await client.call(.snapshots, .spare) { (credential) async throws(APIError) in
            try await client.api.snapshots(
                account: key.account,
                connector: key.connector,
                query: query,
                credential: credential
            )
        }
        return page?.items.map { ($0.t, $0.collectedAt) } ?? []
    }

    private func publish(_ tracker: SnapshotTracker, of key: ConnectorKey) {
        context.observer.snapshotChanged(
            SnapshotView(
                key: key,
                snapshot: tracker.snapshot,
                pollSucceeded: tracker.pollSucceeded,
                lastSuccess: tracker.lastSuccess,
                staleAt: tracker.staleAt(pollInterval: snapshots.interval)
            )
        )
    }

    private func scheduleNextSnapshot(of key: ConnectorKey, _ tracker: SnapshotTracker) {
        var seconds = tracker.secondsToNextPoll(at: context.clock.now(), minimum: snapshots.interval)
        if tracker.failures > 0 {
            let backoff = snapshots.interval * Double(1 << min(tracker.failures - 1, 10))
            seconds = max(snapshots.interval, min(Self.longestBackoff, backoff))
        }
        snapshots.schedule(key, after: seconds, at: context.clock.uptime())
    }

    /// Logs unknown states once, and records what the counters count from.
    private func inspect(_ snapshot: Snapshot, after previous: Snapshot?, of key: ConnectorKey) {
        for state in snapshot.unknownStates
        where loggedStates.count < Self.maxLoggedStates && loggedStates.insert(state).inserted {
            context.logger.warning(
                "snapshot has an unknown state",
                metadata: [
                    "event": "snapshot_unknown_state", "account.id": "\(key.account)",
                    "connector.id": "\(key.connector)", "state": "\(state)",
                ]
            )
        }
        guard let found = CounterSemantics.evidence(in: snapshot, after: previous),
            let known = accounts[key.account], known.snapshotCounters != found,
            // One counter that went back is stronger evidence than any that did not.
            known.snapshotCounters != .delta
        else { return }
        accounts[key.account]?.snapshotCounters = found
        let metadata: Logger.Metadata = [
            "event": "snapshot_counters", "account.id": "\(key.account)",
            "counters": found == .cumulative ? "cumulative" : "delta",
        ]
        if found == .cumulative {
            context.logger.info("snapshot counters are cumulative", metadata: metadata)
        } else {
            context.logger.warning(
                "snapshot counters start again with each snapshot, so rates of snapshot metrics are wrong",
                metadata: metadata
            )
        }
        publishAccount(key.account)
    }
}
