// SPDX-License-Identifier: Apache-2.0

/// Where one operation of one connector stands.
///
/// Events come in the order of their identities. `Start…` opens, `Finish…` closes, a second `Start…` replaces
/// the first: the API links a finish to its start by nothing but their order.
package struct OperationMachine: Sendable, Hashable, Codable {
    /// One end of the operation.
    package struct Finish: Sendable, Hashable, Codable {
        /// In seconds since the Unix epoch.
        package let t: Int
        package let outcome: Operation.Outcome
    }

    /// When the open run began, in seconds since the Unix epoch; `nil` while none is open.
    package private(set) var openSince: Int?

    /// When the newest run began, open or not.
    package private(set) var newestStart: Int?

    /// Failures since the last success.
    package private(set) var consecutiveFailures = 0

    /// The ends that a failure ratio may still ask for, oldest first.
    package private(set) var finishes: [Finish] = []

    package init() {}

    /// Takes the next event.
    ///
    /// - Returns: seconds from start to finish, where this event finishes a run whose start is known.
    package mutating func apply(_ step: Operation.Step, at t: Int) -> Int? {
        switch step {
        case .start:
            openSince = t
            newestStart = t
            return nil
        case .finish(let outcome):
            defer { openSince = nil }
            consecutiveFailures = outcome == .failure ? consecutiveFailures + 1 : 0
            finishes.append(Finish(t: t, outcome: outcome))
            return openSince.map { t - $0 }
        }
    }

    /// Forgets ends that no window reaches any more.
    package mutating func forgetFinishes(before t: Int) {
        guard let first = finishes.first, first.t < t else { return }
        finishes.removeAll { $0.t < t }
    }

    /// The moment at which the open run becomes stuck, in seconds since the Unix epoch.
    package func becomesStuckAt(after threshold: Int) -> Int? {
        openSince.map { $0 + threshold }
    }
}
