// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import EventLedger
import HTTPEndpoint
import HTTPTransport
import Logging
import Polling
import Synchronization

/// The supervisor of the pollers, which replaces those whose configuration has changed.
///
/// A reload keeps the ledger, the statistics and the budgets, so it loses no counts and does not reset a budget. A restart
/// does not reset a budget either, because the ledger stores it.
final class PollingSupervisor: Sendable {
    private struct State {
        var plan: PollingPlan
        /// The rate limiters by the accounts whose requests they count.
        var rateLimiters: [[String]: TokenRateLimiter] = [:]
        var pollers: [PollerConfiguration: RunningPoller] = [:]
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

    /// Applies a new plan.
    ///
    /// Pollers whose configuration is unchanged continue. The others end after their polls under way.
    ///
    /// - Returns: `false` if the plan equals the one in force. Nothing is then changed.
    func apply(_ plan: PollingPlan) -> Bool {
        let isChanged = state.withLock { state in
            guard !plan.equals(state.plan) else { return false }
            state.plan = plan
            return true
        }
        if isChanged { planChanged.signal() }
        return isChanged
    }

    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let plan = state.withLock { $0.plan }
                // Two polls of one connector must not overlap, so old pollers end before new ones start.
                await stopPollers(notIn: plan)
                for poller in await makePollers(plan) { group.addTask { await poller.run() } }
                await planChanged.wait()
            }
        }
    }

    private func stopPollers(notIn plan: PollingPlan) async {
        let wanted = Set(plan.groups.map(\.configuration))
        let obsolete = state.withLock { $0.pollers.filter { !wanted.contains($0.key) } }
        for poller in obsolete.values { poller.stop() }
        for (configuration, poller) in obsolete {
            await poller.waitUntilEnded()
            statistics.forgetBudget(of: ObjectIdentifier(poller.rateLimiter))
            state.withLock { $0.pollers[configuration] = nil }
        }
        // If these accounts are grouped like this again, the ledger knows what they have spent until then.
        let groups = plan.groups.map(\.budgetAccounts)
        state.withLock { state in state.rateLimiters = state.rateLimiters.filter { groups.contains($0.key) } }
    }

    /// Creates the pollers of a plan that do not run yet.
    private func makePollers(_ plan: PollingPlan) async -> [RunningPoller] {
        var pollers: [RunningPoller] = []
        for group in plan.groups where state.withLock({ $0.pollers[group.configuration] }) == nil {
            let configuration = group.configuration
            let context = Poller.Context(
                api: APIClient(configuration.api, transport: transport),
                rateLimiter: await rateLimiter(of: group, plan: plan),
                ledger: ledger,
                statistics: statistics,
                status: PollerStatus(),
                observer: observer,
                clock: clock,
                logger: logger
            )
            let poller = RunningPoller(
                accounts: group.accounts,
                settings: configuration.settings,
                context: context
            )
            state.withLock { $0.pollers[configuration] = poller }
            pollers.append(poller)
        }
        return pollers
    }

    /// Returns the rate limiter of a group, whose spent budget survives reloads and restarts.
    ///
    /// Cloudflare counts the requests of the token's owner, so a new token continues with the budget of its accounts. If
    /// the set of accounts is new, the budget continues with what the ledger has of the token and of each account.
    private func rateLimiter(of group: PollingPlan.Group, plan: PollingPlan) async -> TokenRateLimiter {
        let accounts = group.budgetAccounts
        if let rateLimiter = state.withLock({ $0.rateLimiters[accounts] }) {
            await rateLimiter.adoptLimits(of: plan.budget)
            return rateLimiter
        }
        let store = LedgerBudgetStore(
            ledger: ledger,
            credential: group.configuration.credential,
            accounts: accounts
        ) { text, key in KeyedHash(key: key).digest(of: [text]) }
        let rateLimiter = TokenRateLimiter(budget: plan.budget, clock: clock, store: store)
        await rateLimiter.restore()
        state.withLock { $0.rateLimiters[accounts] = rateLimiter }
        return rateLimiter
    }
}

extension PollingSupervisor: HealthSource {
    var isHealthy: Bool {
        let uptime = clock.uptime()
        return state.withLock(\.pollers).values.allSatisfy { $0.status.isAlive(at: uptime) }
    }

    var isReady: Bool {
        state.withLock { state in
            // A reload replaces the pollers, but the published metrics remain.
            state.hasBeenReady =
                state.hasBeenReady
                || (!state.pollers.isEmpty && state.pollers.values.allSatisfy(\.status.isReady))
            return state.hasBeenReady
        }
    }
}
