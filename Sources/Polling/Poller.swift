// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import LinuxSystem

/// Polls the connectors of all accounts that share one token, on schedule and within the token's budget.
///
/// A single loop schedules work. Polls and discoveries are its child tasks, so cancelling the loop cancels them.
package actor Poller {
    /// Maximum sleep between iterations, in seconds.
    ///
    /// Bounds the delay for token changes and for the heartbeat.
    private static let longestSleep = 5.0

    let context: Context
    let settings: PollingSettings
    let wakeSignal = WakeSignal()
    let serverClock = ServerClockOffset()

    var accounts: [String: AccountProgress]
    var schedule: PollSchedule
    var backfillQueue = PayloadBackfillQueue()
    var cost = PollCost()
    var failureLog: FailureLog

    /// The time of the next change of the interval.
    var adaptationDue = Uptime(seconds: 0)

    /// The number of polls and backfills under way.
    var running = 0

    private var isStopping = false

    /// When the snapshots of connectors are read.
    var snapshots: SnapshotSchedule

    /// The newest snapshot of each connector, and what follows from it.
    var snapshotTrackers: [ConnectorKey: SnapshotTracker] = [:]

    /// The number of snapshot polls under way.
    var runningSnapshots = 0

    /// The unknown texts of states that the log has a line about.
    var loggedStates: Set<String> = []

    /// Whether each connector's newest poll succeeded.
    var pollSucceeded: [ConnectorKey: Bool] = [:]

    /// Makes a poller.
    ///
    /// - Parameters:
    ///   - accounts: The accounts, which share one token.
    ///   - settings: The intervals and sizes of polling.
    ///   - context: The dependencies.
    package init(accounts: [AccountSettings], settings: PollingSettings, context: Context) {
        self.context = context
        self.settings = settings
        self.accounts = Dictionary(
            uniqueKeysWithValues: accounts.map { ($0.account, AccountProgress(settings: $0)) }
        )
        schedule = PollSchedule(interval: settings.interval)
        snapshots = SnapshotSchedule(interval: settings.snapshotInterval)
        failureLog = FailureLog(logger: context.logger)
    }

    /// Polls until `stop()`, whose polls under way end first, or until the task is cancelled.
    package func run() async {
        await restore()
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled, !isStopping {
                let now = context.clock.uptime()
                context.status.heartbeat(at: now)
                context.statistics.recordBudget(
                    await context.rateLimiter.snapshot,
                    of: context.rateLimiter,
                    accounts: accounts.keys
                )
                if adaptationDue <= now { await adaptInterval() }
                for account in accounts.keys where accounts[account]?.startDiscovery(at: now) == true {
                    group.addTask { await self.discover(account) }
                }
                for key in schedule.take(atMost: settings.concurrency - running, at: now) {
                    running += 1
                    group.addTask { await self.poll(key) }
                }
                for key in takeSnapshots(at: now) {
                    group.addTask { await self.pollSnapshot(of: key) }
                }
                for key in await takeBackfills() {
                    running += 1
                    group.addTask { await self.backfill(key) }
                }
                await wakeSignal.wait(
                    atMost: sleepSeconds(at: context.clock.uptime()),
                    by: context.clock
                )
            }
        }
    }

    /// Starts no further polls and discoveries.
    package func stop() {
        isStopping = true
        wakeSignal.signal()
    }

    private func sleepSeconds(at now: Uptime) -> Double {
        var next = now + Self.longestSleep
        for account in accounts.values where account.discoveryDue > now {
            next = min(next, account.discoveryDue)
        }
        if running < settings.concurrency, let due = schedule.nextDue { next = min(next, due) }
        if maySendSnapshots, let due = snapshots.nextDue { next = min(next, due) }
        return max(0, next - now)
    }

    /// Schedules and publishes the connectors that the ledger has from earlier processes.
    private func restore() async {
        let now = context.clock.uptime()
        for progress in accounts.values {
            for record in context.ledger.connectors(of: progress.settings.account)
            where record.isPresent && progress.settings.selects(record.key.connector) {
                addToSchedule(record, at: now)
                updateBackfill(of: record)
                publish(record)
            }
        }
        await adaptInterval()
        schedule.spread(at: now)
        for account in accounts.keys { publishAccount(account) }
        updateReadiness()
    }
}
