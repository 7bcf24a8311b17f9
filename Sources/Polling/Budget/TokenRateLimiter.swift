// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI
import EventLedger

/// The one owner of a token's budget: every request passes it, retries included.
///
/// What is spent is kept across a restart, and never after the fact: before requests are sent, a grant for the next few
/// is written down. So a process that is killed has sent no more than was kept, and the next one counts at most one
/// grant too many.
package actor TokenRateLimiter {
    /// Why a request may not be sent.
    package enum Refusal: Error, Sendable, Hashable {
        /// A 429 is in force.
        case silenced
        /// The task was cancelled.
        case cancelled
        /// What would be spent cannot be kept, and why.
        case storage(String)
    }

    private struct Ticket: Comparable {
        let priority: RequestPriority
        let number: Int

        static func < (left: Self, right: Self) -> Bool {
            left.priority != right.priority ? left.priority < right.priority : left.number < right.number
        }
    }

    /// The longest that a waiting request sleeps before it looks again whether anything has changed, in
    /// seconds.
    private static let longestSleep = 1.0

    /// The share of the budget that polls may count on; discovery, payloads and spare work take the rest.
    private static let pollShare = 0.8

    /// The share of the budget that is always left to spare work, and the share that it never touches.
    private static let spareShare = 0.1

    var budget: RequestBudget
    let clock: any PollingClock

    /// `nil` where nothing is kept.
    let store: (any BudgetStore)?

    /// What may be sent without keeping more.
    var grant: BudgetLease?

    /// Whether a record is being written.
    var isKeeping = false

    /// Requests that were sent since the record that is being written was made.
    var spentMeanwhile = 0

    /// Who waits for the record that is being written.
    var waitingForRecord: [CheckedContinuation<Void, Never>] = []

    /// Before this a grant that is running out is not renewed, because the last try failed.
    var renewalDue = -Double.infinity

    /// What spare work may spend: the budget less what polls will need, so that a burst of it never makes polls wait.
    private var spareBudget: RequestBudget
    private var waiting: [Ticket] = []
    private var issued = 0
    private var failuresInARow = 0

    /// Until when the token is silenced, in seconds since the Unix epoch; whole, as it is only for people.
    private var silencedUntilTime = 0.0

    /// Requests of polls and their payloads so far, retries included.
    package private(set) var spentOnPolls = 0

    package init(budget: RequestBudget, clock: any PollingClock, store: (any BudgetStore)? = nil) {
        self.budget = budget
        spareBudget = budget.withLimit(
            Self.spareLimit(of: budget, pollsPerSecond: 0),
            window: budget.window,
            at: clock.uptime()
        )
        self.clock = clock
        self.store = store
    }

    /// Waits for a place in the budget and spends it.
    package func enter(_ priority: RequestPriority) async throws(Refusal) {
        issued += 1
        let ticket = Ticket(priority: priority, number: issued)
        waiting.append(ticket)
        defer { waiting.removeAll { $0.number == ticket.number } }
        while true {
            let now = clock.uptime()
            guard !budget.isSilenced(at: now) else { throw .silenced }
            let ahead = waiting.count { $0 < ticket }
            let slot = budget.slot(after: ahead, at: now)
            guard slot > now else {
                // The record goes before the request; time passes with it, so that everything is looked at again.
                guard isGranted(at: now) else {
                    try await extendGrant()
                    continue
                }
                return spend(priority, at: now)
            }
            do {
                try await clock.sleep(seconds: min(slot - now, Self.longestSleep))
            } catch {
                throw .cancelled
            }
        }
    }

    private func spend(_ priority: RequestPriority, at now: Double) {
        budget.spend(at: now)
        grant?.left -= 1
        spentMeanwhile += 1
        switch priority {
        case .poll, .payload: spentOnPolls += 1
        case .spare: spareBudget.spend(at: now)
        case .discovery: break
        }
    }

    /// Takes note of what a response says about the token.
    package func note(_ rateLimit: RateLimit?) {
        failuresInARow = 0
        if let rateLimit { budget.obey(rateLimit, at: clock.uptime()) }
    }

    /// Takes note of an error; a 429 silences the token until the server's own time, or for five minutes.
    package func note(_ error: APIError) async {
        failuresInARow += 1
        let now = clock.uptime()
        if let rateLimit = error.rateLimit { budget.obey(rateLimit, at: now) }
        guard error.reason == .rateLimited else { return }
        budget.silence(for: error.retryAfter.map { Double($0.components.seconds) }, at: now)
        noteSilence()
        await keepSilence()
    }

    /// Takes note of when the silence ends by the time of day.
    func noteSilence() {
        silencedUntilTime = (clock.now() + silenceSeconds).rounded(.up)
    }

    /// Whether enough is left for what can wait.
    package var hasSpare: Bool {
        let now = clock.uptime()
        return budget.remaining(at: now) > 0 && spareBudget.remaining(at: now) > 0
    }

    /// Takes note of how many requests polls will need, so that spare work leaves them.
    package func reserve(pollsPerSecond rate: Double) {
        let limit = Self.spareLimit(of: budget, pollsPerSecond: rate)
        spareBudget = spareBudget.withLimit(limit, window: budget.window, at: clock.uptime())
    }

    private static func spareLimit(of budget: RequestBudget, pollsPerSecond rate: Double) -> Int {
        let limit = Double(budget.limit)
        return Int(max(limit * spareShare, limit * (1 - spareShare) - rate * budget.window))
    }

    /// Whether the API has failed so often in a row that a retry would only spend budget.
    package var isApiDown: Bool { failuresInARow >= 10 }

    /// How many requests may be sent at once now.
    package var remaining: Int { budget.remaining(at: clock.uptime()) }

    /// For how long nothing may be sent, in seconds; 0 where the token is not silenced.
    package var silenceSeconds: Double {
        max(0, (budget.silencedUntil ?? 0) - clock.uptime())
    }

    /// How the budget stands now.
    package var standing: BudgetSnapshot {
        BudgetSnapshot(remaining: remaining, silencedUntil: silenceSeconds > 0 ? silencedUntilTime : nil)
    }

    /// Requests per second that polls may count on, in the long run.
    package var pollRate: Double {
        Double(budget.limit) / budget.window * Self.pollShare
    }

    /// Takes over another limit, without forgetting what was spent.
    package func changeLimit(to limit: Int, per window: Double) {
        budget = budget.withLimit(limit, window: window, at: clock.uptime())
    }
}
