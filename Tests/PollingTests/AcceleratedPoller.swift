// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import ConnectorSnapshots
import EventLedger
import HTTPTransport
import LinuxSystem
import Logging
import Polling
import Synchronization
import TestSupport
import Testing

/// A poller with a simulated account and a manual clock, so that hours pass in seconds.
///
/// It can be killed and restarted.
final class AcceleratedPoller: PollObserver {
    struct Seen: Sendable {
        /// When the view first contained a number of a connector's events, in seconds since the Unix epoch.
        var counts: [ConnectorKey: [(count: Int, at: Timestamp)]] = [:]
        var gone: Set<ConnectorKey> = []
        var snapshots: [ConnectorKey: SnapshotView] = [:]
        /// The age of each new snapshot when it was first seen, in seconds.
        var snapshotAges: [ConnectorKey: [Double]] = [:]
        var accounts: [AccountView] = []
        var longestInterval = 0.0
    }

    /// Whether the poller has ended.
    private final class EndFlag: Sendable {
        let isSet = Mutex(false)
    }

    let account: SimulatedAccount
    let clock: ManualClock
    let statistics = PollStatistics()
    private let storage: TemporaryDirectory
    private let shard: Shard
    private let budget: RequestBudget
    private let settings: PollingSettings
    private let logger: Logger
    private let views = Mutex(Seen())

    /// The rate limiter of the newest process, which must not be retained, because it retains the ledger.
    private let newestLimiter = Mutex<ObjectIdentifier?>(nil)

    init(
        _ account: SimulatedAccount,
        storage: TemporaryDirectory,
        shard: Shard = .whole,
        budget: RequestBudget,
        settings: PollingSettings,
        clock: ManualClock,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) {
        self.account = account
        self.storage = storage
        self.shard = shard
        self.budget = budget
        self.settings = settings
        self.clock = clock
        self.logger = logger
    }

    var seen: Seen { views.withLock { $0 } }

    /// Runs a new process for some seconds of the manual clock, and kills it.
    func run(seconds: Double, atEnd: (EventLedger) -> Void = { _ in }) async throws {
        let ledger = try await open()
        let credential = try #require(Credential("token"))
        let rateLimiter = TokenRateLimiter(
            budget: budget,
            clock: clock,
            store: LedgerBudgetStore(
                ledger: ledger,
                credential: credential,
                accounts: [SimulatedAccount.id]
            ) { text, _ in text }
        )
        let ended = newestLimiter.withLock { newest in
            defer { newest = ObjectIdentifier(rateLimiter) }
            return newest
        }
        if let ended { statistics.forgetBudget(of: ended) }
        let poller = Poller(
            accounts: [
                AccountSettings(account: SimulatedAccount.id, shard: shard) { () throws(PollFailure) in
                    credential
                }
            ],
            settings: settings,
            context: Poller.Context(
                api: APIClient(
                    transport: account,
                    baseURL: try BaseURL("http://127.0.0.1:1/client/v4"),
                    requestTimeout: .seconds(10)
                ),
                rateLimiter: rateLimiter,
                ledger: ledger,
                statistics: statistics,
                status: PollerStatus(),
                observer: self,
                clock: clock,
                logger: logger
            )
        )
        await drive(poller, rateLimiter, ledger: ledger, seconds: seconds)
        atEnd(ledger)
    }

    private func drive(
        _ poller: Poller,
        _ rateLimiter: TokenRateLimiter,
        ledger: EventLedger,
        seconds: Double
    ) async {
        let executor = StepExecutor()
        let end = clock.uptime() + seconds
        let endFlag = EndFlag()
        await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: executor) {
                await rateLimiter.restore()
                await poller.run()
                endFlag.isSet.withLock { $0 = true }
            }
            await settle(executor, ledger)
            while clock.uptime() < end {
                let next = min(clock.nextWake ?? end, end)
                let pause: Double = next - clock.uptime()
                clock.advance(by: max(0, pause))
                await settle(executor, ledger)
            }
            group.cancelAll()
            while !endFlag.isSet.withLock(\.self) { await settle(executor, ledger) }
        }
    }

    /// Runs until all tasks sleep.
    ///
    /// The read at the end waits for the earlier work on the database queue.
    private func settle(_ executor: StepExecutor, _ ledger: EventLedger) async {
        repeat {
            executor.run()
            _ = try? await ledger.budgetKey()
        } while !executor.isIdle
    }

    /// Opens the ledger.
    ///
    /// The previous process holds the lock until its last task has released the ledger.
    private func open() async throws(LedgerError) -> EventLedger {
        while true {
            do throws(LedgerError) {
                let ledger = try EventLedger(directory: storage.path)
                try await ledger.recover(forgettingTunnelsAfter: 604_800)
                return ledger
            } catch  where error.reason == .inUse {
                await Task.yield()
            }
        }
    }

    func connectorChanged(_ view: ConnectorView) {
        let count = view.record.tallies.values.reduce(0) { $0 + $1.count }
        let now = clock.now()
        views.withLock { seen in
            seen.gone.remove(view.record.key)
            if count > seen.counts[view.record.key]?.last?.count ?? -1 {
                seen.counts[view.record.key, default: []].append((count, now))
            }
        }
    }

    func snapshotChanged(_ view: SnapshotView) {
        let now = clock.now()
        views.withLock { seen in
            if let t = view.snapshot?.t, t != seen.snapshots[view.key]?.snapshot?.t {
                seen.snapshotAges[view.key, default: []].append(now - Timestamp(t))
            }
            seen.snapshots[view.key] = view
        }
    }

    func connectorGone(_ key: ConnectorKey) { views.withLock { _ = $0.gone.insert(key) } }

    func accountChanged(_ view: AccountView) {
        views.withLock { seen in
            seen.accounts = [view]
            seen.longestInterval = max(seen.longestInterval, view.pollInterval)
        }
    }
}
