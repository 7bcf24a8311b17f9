// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import EventLedger
import HTTPEndpoint
import HTTPTransport
import Logging
import Polling
import Synchronization
import WireText

/// The supervisor of the pollers, which replaces them when the configuration changes.
///
/// A reload keeps the ledger, the statistics and the budgets, so it loses no counts and does not reset a budget. A restart
/// does not reset a budget either, because the ledger stores it.
final class PollingSupervisor: Sendable {
    private struct State {
        var plan: PollingPlan
        var rateLimiters: [Credential: TokenRateLimiter] = [:]
        var statuses: [PollerStatus] = []
        var hasBeenReady = false
    }

    private let state: Mutex<State>
    private let planChanged = WakeSignal()
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

    /// Replaces the pollers by those of a new plan.
    ///
    /// They repeat the polls that are cancelled.
    func apply(_ plan: PollingPlan) {
        state.withLock { $0.plan = plan }
        planChanged.signal()
    }

    func run() async {
        while !Task.isCancelled {
            let pollers = await makePollers()
            await withTaskGroup(of: Void.self) { group in
                for poller in pollers { group.addTask { await poller.run() } }
                group.addTask { await self.planChanged.wait() }
                // Pollers end only if they are cancelled, so the wait is the first task to end.
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
                rateLimiter: await rateLimiter(of: group.credential, plan: plan),
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

    /// Returns the token's rate limiter, whose spent budget survives reloads and restarts.
    private func rateLimiter(of credential: Credential, plan: PollingPlan) async -> TokenRateLimiter {
        if let rateLimiter = state.withLock({ $0.rateLimiters[credential] }) {
            await rateLimiter.adoptLimits(of: plan.budget)
            return rateLimiter
        }
        let store = LedgerBudgetStore(ledger: ledger, credential: credential) { text, key in
            KeyedHash(key: key).digest(of: [text])
        }
        let rateLimiter = TokenRateLimiter(budget: plan.budget, clock: clock, store: store)
        await rateLimiter.restore()
        state.withLock { $0.rateLimiters[credential] = rateLimiter }
        return rateLimiter
    }
}

extension PollingSupervisor: HealthSource {
    var isHealthy: Bool {
        let uptime = clock.uptime()
        return state.withLock(\.statuses).allSatisfy { $0.isAlive(at: uptime) }
    }

    var isReady: Bool {
        state.withLock { state in
            // A reload replaces the pollers, but the published metrics remain.
            state.hasBeenReady =
                state.hasBeenReady || (!state.statuses.isEmpty && state.statuses.allSatisfy(\.isReady))
            return state.hasBeenReady
        }
    }
}
