// SPDX-License-Identifier: Apache-2.0

/// Requests that are written down as spent before they are sent.
struct BudgetLease: Sendable {
    /// The part of a budget's limit, and of its window, that is granted at once.
    ///
    /// It is what a kill costs at most, and how seldom the ledger is written: twenty requests or ten seconds of
    /// 1,000 in five minutes.
    private static let share = (limit: 50, window: 30.0)

    /// A quarter of a grant is left when it is renewed, so that nobody has to wait for the disk.
    private static let renewalShare = 4

    let count: Int
    let until: Double

    /// Requests that may still be sent; less than 0 where it was given while others went.
    var left: Int

    private let seconds: Double

    /// Makes the grant that follows another.
    ///
    /// - Parameters:
    ///   - budget: whose limit decides how much is granted.
    ///   - old: one that goes on until this one is written down, and so may be spent from both.
    ///   - now: when it begins.
    init(of budget: RequestBudget, after old: BudgetLease?, at now: Double) {
        count = max(1, budget.limit / Self.share.limit, old?.left ?? 0)
        left = count
        seconds = max(1, budget.window / Self.share.window)
        until = now + seconds
    }

    /// Whether a request may be sent under it.
    func holds(at now: Double) -> Bool { left > 0 && now < until }

    /// Whether it should be renewed soon.
    func isRunningOut(at now: Double) -> Bool {
        left * Self.renewalShare < count || until - now < seconds / Double(Self.renewalShare)
    }
}
