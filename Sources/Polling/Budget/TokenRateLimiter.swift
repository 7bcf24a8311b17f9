// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI
import ConnectorEvents
import EventLedger
import LinuxSystem

/// The rate limiter of one token. Every request passes it, retries included.
///
/// The spent budget survives a restart. Before requests are sent, a lease for the next few is saved. A process that is
/// killed has thus sent at most what was saved, and the next process counts at most one lease too many.
package actor TokenRateLimiter {
    /// The reason why a request may not be sent.
    package enum Refusal: Error, Sendable, Hashable {
        /// A 429 blocks the token.
        case blocked
        case cancelled
        /// The lease cannot be saved; the value is the error's description.
        case storage(String)
    }

    private struct Ticket: Comparable {
        let priority: RequestPriority
        let number: Int

        static func < (left: Self, right: Self) -> Bool {
            left.priority != right.priority ? left.priority < right.priority : left.number < right.number
        }
    }

    /// Maximum sleep of a waiting request, in seconds.
    ///
    /// Bounds the delay after a change of the budget.
    private static let longestSleep = 1.0

    /// The share of the budget that is planned for polls.
    ///
    /// Discovery, payloads and spare work use the rest.
    private static let pollShare = 0.8

    /// The share of the budget that is always left to spare work, and the share that it never uses.
    private static let spareShare = 0.1

    /// The share of the budget that is always left to snapshots.
    private static let snapshotShare = 0.1

    /// Consecutive failures after which the API counts as down.
    private static let failuresOfOutage = 10

    var budget: RequestBudget
    let clock: any PollingClock

    /// The storage of the budget; `nil` if it is not saved.
    let store: (any BudgetStore)?

    /// The newest saved lease.
    var lease: BudgetLease?

    /// Whether a record is being saved.
    var isSaving = false

    /// The number of requests sent since the record that is being saved was made.
    var sentWhileSaving = 0

    /// The requests that wait for the record that is being saved.
    var saveWaiters: [CheckedContinuation<Void, Never>] = []

    /// The earliest time of the next renewal.
    ///
    /// It is in the future after a failed renewal.
    var renewalDue = Uptime(seconds: 0)

    /// The budget of spare work: the rest that polls leave.
    ///
    /// It keeps a burst of spare work from delaying polls.
    private var spareBudget: RequestBudget
    private var waiting: [Ticket] = []
    private var issued = 0
    private var consecutiveFailures = 0

    /// The end of the newest block in whole seconds, for metrics.
    private var blockedUntil = Timestamp(0)

    /// The number of requests for polls and their payloads, retries included.
    package private(set) var pollRequests = 0

    /// Makes a rate limiter.
    ///
    /// - Parameters:
    ///   - budget: The budget of the token.
    ///   - clock: The clock of the budget.
    ///   - store: The storage of the budget; `nil` if it is not saved.
    package init(budget: RequestBudget, clock: any PollingClock, store: (any BudgetStore)? = nil) {
        self.budget = budget
        spareBudget = Self.spareBudget(of: budget, requestsPerSecond: 0)
        self.clock = clock
        self.store = store
    }

    /// Waits for a place in the budget.
    ///
    /// - Returns: a permit for one request. The caller must return it with `finish`.
    package func enter(_ priority: RequestPriority) async throws(Refusal) -> RequestPermit {
        issued += 1
        let ticket = Ticket(priority: priority, number: issued)
        waiting.append(ticket)
        defer { waiting.removeAll { $0.number == ticket.number } }
        while true {
            let now = clock.uptime()
            guard !budget.isBlocked(at: now) else { throw .blocked }
            let ahead = waiting.count { $0 < ticket }
            let slot = budget.slot(after: ahead, at: now)
            guard slot > now else {
                // Saving the lease takes time, so the budget is checked again after it.
                guard isLeased(at: now) else {
                    try await renewLease()
                    continue
                }
                return startRequest(priority, at: now)
            }
            do {
                try await clock.sleep(seconds: min(slot - now, Self.longestSleep))
            } catch {
                throw .cancelled
            }
        }
    }

    private func startRequest(_ priority: RequestPriority, at now: Uptime) -> RequestPermit {
        budget.startRequest(at: now)
        lease?.left -= 1
        sentWhileSaving += 1
        switch priority {
        case .poll, .payload: pollRequests += 1
        case .spare: spareBudget.startRequest(at: now)
        case .discovery, .snapshot: break
        }
        return RequestPermit(priority)
    }

    /// Returns the permit of an answered request.
    ///
    /// - Parameters:
    ///   - permit: The permit.
    ///   - rateLimit: The number of requests left according to the response.
    package func finish(_ permit: consuming RequestPermit, rateLimit: RateLimit?) {
        finishRequest(permit)
        consecutiveFailures = 0
        if let rateLimit { budget.obey(rateLimit, at: clock.uptime()) }
    }

    /// Returns the permit of a failed or cancelled request.
    ///
    /// After a 429, the token is blocked for the time of `Retry-After`, or for five minutes.
    package func finish(_ permit: consuming RequestPermit, error: APIError) async {
        finishRequest(permit)
        guard error.reason != .cancelled else { return }
        consecutiveFailures += 1
        let now = clock.uptime()
        if let rateLimit = error.rateLimit { budget.obey(rateLimit, at: now) }
        guard error.reason == .rateLimited else { return }
        budget.block(for: error.retryAfter.map { Double($0.components.seconds) }, at: now)
        updateBlockedUntil()
        await saveBlock()
    }

    private func finishRequest(_ permit: consuming RequestPermit) {
        let now = clock.uptime()
        budget.finishRequest(at: now)
        if permit.priority == .spare { spareBudget.finishRequest(at: now) }
    }

    /// Converts the end of the block to the time of day.
    func updateBlockedUntil() {
        blockedUntil = Timestamp((clock.now() + blockSeconds).seconds.rounded(.up))
    }
}

extension TokenRateLimiter {
    /// Whether spare work may send a request.
    package var hasSpare: Bool {
        let now = clock.uptime()
        return budget.remaining(at: now) > 0 && spareBudget.remaining(at: now) > 0
    }

    /// Reserves a part of the budget for polls and snapshots.
    ///
    /// Spare work uses the rest.
    ///
    /// - Parameter rate: The requests per second that polls and snapshots need.
    package func reserve(requestsPerSecond rate: Double) {
        let new = Self.spareBudget(of: budget, requestsPerSecond: rate)
        spareBudget.adoptLimits(of: new, at: clock.uptime())
    }

    private static func spareBudget(
        of budget: RequestBudget,
        requestsPerSecond rate: Double
    ) -> RequestBudget {
        let limit = Double(budget.limit)
        let spare = max(limit * spareShare, limit * (1 - spareShare) - rate * budget.window)
        return RequestBudget(limit: Int(spare), window: budget.window)
    }

    /// Whether the API failed so often that retries would waste the budget.
    package var isAPIDown: Bool { consecutiveFailures >= Self.failuresOfOutage }

    /// The number of requests that may be sent now.
    package var remaining: Int { budget.remaining(at: clock.uptime()) }

    /// Seconds until the end of the block; 0 if the token is not blocked.
    package var blockSeconds: Double {
        budget.blockedUntil.map { max(0, $0 - clock.uptime()) } ?? 0
    }

    /// The current state of the budget.
    package var snapshot: BudgetSnapshot {
        BudgetSnapshot(remaining: remaining, blockedUntil: blockSeconds > 0 ? blockedUntil : nil)
    }

    /// The planned rate of requests for polls, per second.
    package var pollRate: Double { Self.pollRate(of: budget) }

    /// Returns the planned rate of requests for polls, per second.
    static func pollRate(of budget: RequestBudget) -> Double {
        Double(budget.limit) / budget.window * pollShare
    }

    /// Returns the planned rate of requests for snapshots, per second: the rest that polls leave, at least a tenth.
    ///
    /// - Parameter pollRate: The requests per second that polls need.
    /// - Returns: requests per second.
    package func snapshotRate(besides pollRate: Double) -> Double {
        let total = Double(budget.limit) / budget.window
        return max(total * Self.snapshotShare, total * (1 - Self.spareShare) - pollRate)
    }

    /// Adopts the limits of another budget.
    ///
    /// The spent requests stay counted.
    package func adoptLimits(of other: RequestBudget) {
        budget.adoptLimits(of: other, at: clock.uptime())
    }
}
