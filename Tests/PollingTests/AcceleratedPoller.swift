// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import EventLedger
import HTTPTransport
import Logging
import Polling
import Synchronization
import TestSupport
import Testing

/// A whole poller against a simulated account, in which hours pass in seconds; it may be killed and started again.
final class AcceleratedPoller: PollObserver {
    struct Seen: Sendable {
        /// When the view first had so many events of a connector, in seconds since the Unix epoch.
        var counts: [ConnectorKey: [(count: Int, at: Double)]] = [:]
        var gone: Set<ConnectorKey> = []
        var accounts: [AccountView] = []
        var longestInterval = 0.0
    }

    /// Whether the poller has ended.
    private final class Ended: Sendable {
        let isTrue = Mutex(false)
    }

    let account: SimulatedAccount
    let clock: ManualClock
    let statistics = PollStatistics()
    private let storage: TemporaryDirectory
    private let shard: Shard
    private let budget: RequestBudget
    private let settings: PollingSettings
    private let views = Mutex(Seen())

    init(
        _ account: SimulatedAccount,
        storage: TemporaryDirectory,
        shard: Shard = .whole,
        budget: RequestBudget,
        settings: PollingSettings,
        clock: ManualClock
    ) {
        self.account = account
        self.storage = storage
        self.shard = shard
        self.budget = budget
        self.settings = settings
        self.clock = clock
    }

    var seen: Seen { views.withLock { $0 } }

    /// Runs a new process for some seconds of the manual clock, and kills it: nothing is kept at its end.
    func run(seconds: Double, atEnd: (EventLedger) -> Void = { _ in }) async throws {
        let ledger = try await open()
        statistics.forgetBudgets()
        let credential = try #require(Credential("token"))
        let gate = TokenRateLimiter(
            budget: budget,
            clock: clock,
            store: LedgerBudgetStore(ledger: ledger, credential: credential)
        )
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
                gate: gate,
                ledger: ledger,
                statistics: statistics,
                status: PollerStatus(),
                observer: self,
                clock: clock,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        await drive(poller, gate, ledger: ledger, seconds: seconds)
        atEnd(ledger)
    }

    private func drive(_ poller: Poller, _ gate: TokenRateLimiter, ledger: EventLedger, seconds: Double) async
    {
        let executor = StepExecutor()
        let end = clock.uptime() + seconds
        let ended = Ended()
        await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: executor) {
                await gate.restore()
                await poller.run()
                ended.isTrue.withLock { $0 = true }
            }
            await settle(executor, ledger)
            while clock.uptime() < end {
                let next = min(clock.nextWake ?? end, end)
                clock.advance(by: max(0, next - clock.uptime()))
                await settle(executor, ledger)
            }
            group.cancelAll()
            while !ended.isTrue.withLock(\.self) { await settle(executor, ledger) }
        }
    }

    /// Runs until everybody sleeps: what the database has on its queue ends before a question that comes later.
    private func settle(_ executor: StepExecutor, _ ledger: EventLedger) async {
        repeat {
            executor.run()
            _ = try? await ledger.budgetKey()
        } while !executor.isIdle
    }

    /// The lock is the old process's until the last of its tasks has let the ledger go.
    private func open() async throws(LedgerError) -> EventLedger {
        while true {
            do throws(LedgerError) {
                let ledger = try EventLedger(directory: storage.path)
                try await ledger.recover()
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

    func connectorGone(_ key: ConnectorKey) { views.withLock { _ = $0.gone.insert(key) } }

    func accountChanged(_ view: AccountView) {
        views.withLock { seen in
            seen.accounts = [view]
            seen.longestInterval = max(seen.longestInterval, view.pollInterval)
        }
    }
}
