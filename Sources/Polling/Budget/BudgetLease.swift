// SPDX-License-Identifier: Apache-2.0

import LinuxSystem

/// A number of requests that are recorded as spent before they are sent.
struct BudgetLease: Sendable {
    /// The parts of a budget's limit and window that one lease covers.
    ///
    /// They bound the requests that a kill wastes, and the rate of ledger writes. With 1,000 requests per 5 minutes, a
    /// lease has 20 requests or 10 seconds.
    private static let share = (limit: 50, window: 30.0)

    /// The lease is renewed when less than a quarter is left, so that no request waits for the disk.
    private static let renewalShare = 4

    /// The number of requests.
    let count: Int

    let until: Uptime

    /// Requests that may still be sent.
    ///
    /// It is negative if requests of the previous lease exceeded this one.
    var left: Int

    private let seconds: Double

    /// Makes the lease that follows another.
    ///
    /// - Parameters:
    ///   - budget: The budget whose limit determines the size of the lease.
    ///   - previous: The lease that stays valid until this one is saved. Its requests count against this one too.
    ///   - now: The start of the lease.
    init(of budget: RequestBudget, after previous: BudgetLease?, at now: Uptime) {
        count = max(1, budget.limit / Self.share.limit, previous?.left ?? 0)
        left = count
        seconds = max(1, budget.window / Self.share.window)
        until = now + seconds
    }

    /// Whether a request may be sent under this lease.
    func isValid(at now: Uptime) -> Bool { left > 0 && now < until }

    /// Whether the lease should be renewed.
    func isRunningOut(at now: Uptime) -> Bool {
        left * Self.renewalShare < count || until - now < seconds / Double(Self.renewalShare)
    }
}
