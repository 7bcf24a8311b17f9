// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI
package import ConnectorEvents
import EventLedger
import Synchronization

/// What polling has done since the process started: counters that everybody may read at any time.
package final class PollStatistics: Sendable {
    /// A request as it is counted.
    package struct RequestKey: Sendable, Hashable {
        package let endpoint: APIEndpoint

        /// The HTTP status, or the reason why there is none.
        package let status: String
    }

    /// The numbers at one moment.
    package struct Snapshot: Sendable {
        package var requests: [RequestKey: Int] = [:]
        package var durations: [APIEndpoint: DurationHistogram] = Dictionary(
            uniqueKeysWithValues: APIEndpoint.allCases.map {
                ($0, DurationHistogram(bounds: PollStatistics.durationBounds))
            }
        )
        package var failures: [String: Int] = [:]
        package var duplicates = 0
        package var late = 0
        package var unknownKinds = 0
        package var discarded: [String: Int] = [:]
        package var storageWriteFailures = 0

        /// How each budget stood at the newest look.
        fileprivate var budgets: [ObjectIdentifier: BudgetSnapshot] = [:]

        /// What is left of the budget that has least.
        package var leastBudget: Int? { budgets.values.map(\.remaining).min() }

        /// Until when the token that is silenced longest is, in seconds since the Unix epoch; `nil` where none is.
        package var silencedUntil: Double? { budgets.values.compactMap(\.silencedUntil).max() }
    }

    /// Seconds that a request may take: from a warm connection to the time-out.
    package static let durationBounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private let storage = Mutex(Snapshot())

    package init() {}

    package var snapshot: Snapshot { storage.withLock { $0 } }

    func countRequest(_ endpoint: APIEndpoint, status: String, seconds: Double) {
        storage.withLock { snapshot in
            snapshot.requests[RequestKey(endpoint: endpoint, status: status), default: 0] += 1
            snapshot.durations[endpoint]?.observe(seconds)
        }
    }

    func countFailure(_ failure: PollFailure) {
        storage.withLock { $0.failures[failure.reason, default: 0] += 1 }
    }

    /// Counts a write that the ledger's disk did not take, be it the first of its kind or a repetition.
    package func countStorageWriteFailure() { storage.withLock { $0.storageWriteFailures += 1 } }

    func count(_ outcome: InsertOutcome) {
        storage.withLock { snapshot in
            snapshot.duplicates += outcome.duplicate
            snapshot.late += outcome.late
            snapshot.unknownKinds += outcome.unknownKind
        }
        countDiscarded(outcome.outOfScope, reason: "too_old")
    }

    /// Notes how a token's budget stands.
    func noteBudget(_ standing: BudgetSnapshot, of gate: TokenRateLimiter) {
        storage.withLock { $0.budgets[ObjectIdentifier(gate)] = standing }
    }

    /// Forgets budgets of tokens that may no longer be in use.
    package func forgetBudgets() { storage.withLock { $0.budgets = [:] } }

    func countDiscarded(_ count: Int, reason: String) {
        guard count > 0 else { return }
        storage.withLock { $0.discarded[reason, default: 0] += count }
    }
}
