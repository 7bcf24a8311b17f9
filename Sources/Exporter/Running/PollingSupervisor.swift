// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import EventLedger
import HTTPTransport
import Logging
import Polling
import Synchronization
import WireText

/// Runs the pollers of the configuration in force, and starts them anew when it changes.
///
/// The ledger, the statistics and the budgets outlive the pollers: a reload loses no count and buys no
/// requests. Nor does a restart: what each token has spent is in the ledger.
final class PollingSupervisor: Sendable {
    private struct State {
        var plan: PollingPlan
        var gates: [Credential: TokenRateLimiter] = [:]
        var statuses: [PollerStatus] = []
        var hasBeenReady = false
    }

    private let state: Mutex<State>
    private let changed = WakeSignal()
    private let transport: any HTTPTransport
    private let ledger: EventLedger
    private let statistics: PollStatistics
    private let observer: any PollObserver
    private let clock: any PollingClock
    private let logger: Logger

    init(
        plan: PollingPlan,
        transport: any HTTPTransport,
        ledger: EventLedger,
        statistics: PollStatistics,
        observer: any PollObserver,
        clock: any PollingClock,
        logger: Logger
    ) {
        state = Mutex(State(plan: plan))
        self.transport = transport
        self.ledger = ledger
        self.statistics = statistics
        self.observer = observer
        self.clock = clock
        self.logger = logger
    }

    /// Polls by another plan from now on; what the old one has on its way is cut off, and asked for again.
    func change(to plan: PollingPlan) {
        state.withLock { $0.plan = plan }
        changed.ring()
    }

    /// Polls until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            let pollers = await makePollers()
            await withTaskGroup(of: Void.self) { group in
                for poller in pollers { group.addTask { await poller.run() } }
                group.addTask { await self.changed.wait() }
                // A poller runs until it is cancelled, so the first to end is the wait.
                await group.next()
                group.cancelAll()
            }
        }
    }

    private func makePollers() async -> [Poller] {
        let plan = state.withLock { $0.plan }
        statistics.forgetBudgets()
        var pollers: [Poller] = []
        var statuses: [PollerStatus] = []
        let api = APIClient(
            transport: transport,
            baseURL: plan.configuration.api.baseURL,
            requestTimeout: plan.configuration.api.requestTimeout.duration
        )
        for group in plan.groups {
            let status = PollerStatus()
            statuses.append(status)
            let context = Poller.Context(
                api: api,
                gate: await gate(of: group.credential, plan: plan),
                ledger: ledger,
                statistics: statistics,
                status: status,
                observer: observer,
                clock: clock,
                logger: logger
            )
            pollers.append(Poller(accounts: group.accounts, settings: plan.settings, context: context))
        }
        state.withLock { [statuses] in $0.statuses = statuses }
        return pollers
    }

    /// The token's own gate, which remembers what was spent.
    private func gate(of credential: Credential, plan: PollingPlan) async -> TokenRateLimiter {
        if let gate = state.withLock({ $0.gates[credential] }) {
            await gate.changeLimit(to: plan.budget.limit, per: plan.budget.window)
            return gate
        }
        let store = LedgerBudgetStore(ledger: ledger, credential: credential)
        let gate = TokenRateLimiter(budget: plan.budget, clock: clock, store: store)
        await gate.restore()
        state.withLock { $0.gates[credential] = gate }
        return gate
    }
}

extension PollingSupervisor: HealthSource {
    var isHealthy: Bool {
        let uptime = clock.uptime()
        return state.withLock(\.statuses).allSatisfy { $0.isAlive(at: uptime) }
    }

    var isReady: Bool {
        state.withLock { state in
            // A reload starts pollers anew; what was shown before still is.
            state.hasBeenReady =
                state.hasBeenReady || (!state.statuses.isEmpty && state.statuses.allSatisfy(\.isReady))
            return state.hasBeenReady
        }
    }
}
