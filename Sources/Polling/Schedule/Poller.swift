// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI
import ConnectorEvents
package import EventLedger
package import Logging

/// Polls the connectors of all accounts that share one token, on schedule and within its budget.
///
/// One loop decides what is due; polls and discoveries are its child tasks, so that they end with it.
package actor Poller {
    /// Everything that a poller works with.
    package struct Context: Sendable {
        package let api: APIClient
        package let gate: TokenRateLimiter
        package let ledger: EventLedger
        package let statistics: PollStatistics
        package let status: PollerStatus
        package let observer: any PollObserver
        package let clock: any PollingClock
        package let logger: Logger

        package init(
            api: APIClient,
            gate: TokenRateLimiter,
            ledger: EventLedger,
            statistics: PollStatistics,
            status: PollerStatus,
            observer: any PollObserver,
            clock: any PollingClock,
            logger: Logger
        ) {
            self.api = api
            self.gate = gate
            self.ledger = ledger
            self.statistics = statistics
            self.status = status
            self.observer = observer
            self.clock = clock
            self.logger = logger
        }
    }

    /// The longest that the loop sleeps, in seconds: after it, it looks for a replaced token and shows that
    /// it is alive.
    private static let longestSleep = 5.0

    /// Seconds after which what a poll costs is looked at again.
    private static let fitSeconds = 60.0

    /// Payloads of history that are fetched before the state is settled and shown.
    private static let drainBatch = 500

    let context: Context
    let settings: PollingSettings
    var accounts: [String: AccountProgress]
    var schedule: PollSchedule
    var failureLog: FailureLog
    private let bell = WakeSignal()
    private let time = ServerClockOffset()
    private var running = 0

    private var backlog = PayloadBackfillQueue()
    private var cost = PollCost()
    private var fitDue = -Double.infinity

    /// Whether each connector's newest poll succeeded.
    private var succeeded: [ConnectorKey: Bool] = [:]

    package init(accounts: [AccountSettings], settings: PollingSettings, context: Context) {
        self.context = context
        self.settings = settings
        self.accounts = Dictionary(
            uniqueKeysWithValues: accounts.map { ($0.account, AccountProgress(settings: $0)) }
        )
        schedule = PollSchedule(interval: settings.interval)
        failureLog = FailureLog(logger: context.logger)
    }

    /// Polls until the task is cancelled.
    package func run() async {
        await restore()
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let now = context.clock.uptime()
                context.status.beat(at: now)
                context.statistics.noteBudget(await context.gate.standing, of: context.gate)
                if fitDue <= now { await fitInterval() }
                for account in accounts.keys where accounts[account]?.beginDiscovery(at: now) == true {
                    group.addTask { await self.discover(account) }
                }
                for key in schedule.take(atMost: settings.concurrency - running, at: now) {
                    running += 1
                    group.addTask { await self.poll(key) }
                }
                for key in await takeBacklog() {
                    running += 1
                    group.addTask { await self.drain(key) }
                }
                await bell.wait(atMost: sleepSeconds(at: context.clock.uptime()), by: context.clock)
            }
            group.cancelAll()
        }
    }

    private func sleepSeconds(at now: Double) -> Double {
        var next = now + Self.longestSleep
        for account in accounts.values where account.discoveryDue > now {
            next = min(next, account.discoveryDue)
        }
        if running < settings.concurrency, let due = schedule.nextDue { next = min(next, due) }
        return max(0, next - now)
    }

    /// Shows what the ledger has kept from before, and schedules it.
    private func restore() async {
        let now = context.clock.uptime()
        for progress in accounts.values {
            for record in context.ledger.connectors(of: progress.settings.account)
            where record.isPresent && progress.settings.selects(record.key.connector) {
                addToSchedule(record, at: now)
                noteBacklog(record)
                show(record)
            }
        }
        await fitInterval()
        schedule.spread(at: now)
        for account in accounts.keys { showAccount(account) }
        becomeReadyIfRoundIsOver()
    }
}

// MARK: - Polls

extension Poller {
    private func poll(_ key: ConnectorKey) async {
        guard let work = work(on: key) else { return }
        let result = await work.run(now: context.clock.now())
        finish(key, result, isPoll: true)
        if result.failure == nil, result.hasRescanned, let record = result.record {
            await forgetOldEvents(record)
        }
        await endImportIfDone(of: key.account)
    }

    private func drain(_ key: ConnectorKey) async {
        guard let work = work(on: key) else { return }
        let isFirst = backlog.beginTurn(of: key)
        finish(key, await work.drain(batch: Self.drainBatch, isFirst: isFirst), isPoll: false)
        await endImportIfDone(of: key.account)
    }

    private func work(on key: ConnectorKey) -> ConnectorPoll? {
        guard let account = accounts[key.account] else { return nil }
        return ConnectorPoll(
            client: client(of: account.settings),
            ledger: context.ledger,
            key: key,
            settings: settings
        )
    }

    func client(of account: AccountSettings) -> BudgetedClient {
        BudgetedClient(
            api: context.api,
            gate: context.gate,
            account: account,
            statistics: context.statistics,
            clock: context.clock,
            time: time,
            retryDelays: settings.retryDelays
        )
    }

    private func finish(_ key: ConnectorKey, _ result: ConnectorPoll.Result, isPoll: Bool) {
        running -= 1
        let now = context.clock.uptime()
        defer { bell.ring() }
        let isOpen = result.record?.hasOpenWork ?? false
        if isPoll {
            cost.notePoll()
            schedule.finish(key, isOpen: isOpen, failure: result.failure, at: now)
        } else {
            schedule.release(key)
        }
        if let failure = result.failure {
            guard !failure.isCancellation else { return }
            failureLog.failed("poll", account: key.account, subject: key.connector, failure, at: now)
            context.statistics.countFailure(failure)
            succeeded[key] = false
        } else if isPoll {
            failureLog.succeeded("poll", account: key.account, subject: key.connector)
            succeeded[key] = true
        }
        guard schedule.contains(key) else { return }
        accounts[key.account]?.noteAttempt(of: key)
        if let record = result.record {
            accounts[key.account]?.note(record)
            // Payloads that could not be had are asked for again after the next poll, not at once.
            let isStuck = result.failure != nil || result.awaitsPayloads
            if isPoll || !isStuck { noteBacklog(record) } else { backlog.remove(key) }
            show(record)
        }
        noteImport(of: key, result)
        showAccount(key.account)
        becomeReadyIfRoundIsOver()
    }

    private func noteBacklog(_ record: ConnectorRecord) {
        if record.watermark != nil, record.wantedPayloads > 0 {
            backlog.add(record.key)
        } else {
            backlog.remove(record.key)
        }
    }

    /// Connectors whose history wants payloads, where polls leave both places and budget for it.
    private func takeBacklog() async -> [ConnectorKey] {
        guard !backlog.isEmpty, await context.gate.hasSpare else { return [] }
        return backlog.take(atMost: settings.concurrency / 2 - running) { schedule.hold($0) }
    }

    private func forgetOldEvents(_ record: ConnectorRecord) async {
        guard let watermark = record.watermark else { return }
        // What cannot be forgotten now is forgotten after the next rescan; nothing depends on it.
        try? await context.ledger.forgetEvents(of: record.key, before: watermark - settings.retention)
    }
}

// MARK: - What is shown

extension Poller {
    func show(_ record: ConnectorRecord) {
        context.observer.connectorChanged(
            ConnectorView(record: record, pollSucceeded: succeeded[record.key])
        )
    }

    func showAccount(_ account: String) {
        guard let progress = accounts[account] else { return }
        let isImported = context.ledger.isImported(account)
        context.observer.accountChanged(
            AccountView(
                account: account,
                discoverySucceeded: progress.discoverySucceeded,
                connectors: schedule.count(of: account),
                pollInterval: schedule.interval,
                histograms: isImported ? context.ledger.histograms(of: account) : nil,
                countedSince: context.ledger.countedSince(of: account)
            )
        )
    }

    /// Polls a connector from now on.
    func addToSchedule(_ record: ConnectorRecord, at now: Double) {
        guard !schedule.contains(record.key) else { return }
        schedule.add(record.key, isNew: record.watermark == nil, isOpen: record.hasOpenWork, at: now)
        accounts[record.key.account]?.add(record)
    }

    func forget(_ key: ConnectorKey) {
        schedule.remove(key)
        backlog.remove(key)
        succeeded[key] = nil
        accounts[key.account]?.remove(key)
        context.observer.connectorGone(key)
    }

    func fitInterval() async {
        fitDue = context.clock.uptime() + Self.fitSeconds
        cost.update(spent: await context.gate.spentOnPolls)
        schedule.fit(cost: cost.average, rate: await context.gate.pollRate)
        await context.gate.reserve(pollsPerSecond: schedule.rate * cost.average)
    }

    func ringBell() { bell.ring() }

    /// Ready is: every account was discovered, and every connector was polled or was complete before.
    func becomeReadyIfRoundIsOver() {
        guard !context.status.isReady else { return }
        let isOver = accounts.allSatisfy { $1.isReady(with: schedule.count(of: $0)) }
        if isOver { context.status.becomeReady() }
    }
}
