// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI
package import ConnectorEvents
import EventLedger
import Synchronization

/// The counters of polling since the process started, readable from any thread.
package final class PollStatistics: Sendable {
    /// The labels of a counted request.
    package struct RequestKey: Sendable, Hashable {
        /// The account's id.
        package let account: String

        /// The endpoint.
        package let endpoint: APIEndpoint

        /// The HTTP status, or the reason of the failure if there was no response.
        package let status: String
    }

    /// The labels of a counted failure.
    package struct FailureKey: Sendable, Hashable {
        /// The account's id.
        package let account: String

        /// The class of the failure.
        package let reason: PollFailure.Reason

        /// Makes labels.
        package init(account: String, reason: PollFailure.Reason) {
            self.account = account
            self.reason = reason
        }
    }

    /// The budget of a token, with the accounts that it is for.
    fileprivate struct TokenBudget: Sendable {
        let accounts: Set<String>
        let snapshot: BudgetSnapshot
    }

    /// The values of the counters at one time.
    package struct Snapshot: Sendable {
        /// The number of requests.
        package var requests: [RequestKey: Int] = [:]
        /// The durations of requests.
        package var durations: [APIEndpoint: DurationHistogram] = Dictionary(
            uniqueKeysWithValues: APIEndpoint.allCases.map {
                ($0, DurationHistogram(bounds: PollStatistics.durationBounds))
            }
        )
        /// The number of failed polls and discoveries.
        package var failures: [FailureKey: Int] = [:]
        /// The number of events that were received more than once.
        package var duplicates = 0
        /// The number of late events.
        package var late = 0
        /// The number of events of unknown kinds.
        package var unknownKinds = 0
        /// The number of events that were not counted.
        package var discarded: [DiscardReason: Int] = [:]
        /// The number of items of snapshots beyond a limit.
        package var droppedSnapshotItems = 0
        /// The number of failed ledger writes.
        package var storageWriteFailures = 0

        /// The newest state of each token's budget.
        fileprivate var budgets: [ObjectIdentifier: TokenBudget] = [:]

        /// Returns the budget of an account's token.
        ///
        /// - Returns: the budget; `nil` before the poller has started. After a reload, the smaller of two budgets.
        package func budget(of account: String) -> BudgetSnapshot? {
            budgets.values.filter { $0.accounts.contains(account) }.map(\.snapshot)
                .min { $0.remaining < $1.remaining }
        }
    }

    /// The bucket bounds of request durations, in seconds: from a reused connection to the timeout.
    package static let durationBounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private let storage = Mutex(Snapshot())

    /// Makes counters that are 0.
    package init() {}

    /// The current values.
    package var snapshot: Snapshot { storage.withLock { $0 } }

    func countRequest(_ key: RequestKey, seconds: Double) {
        storage.withLock { snapshot in
            snapshot.requests[key, default: 0] += 1
            snapshot.durations[key.endpoint]?.observe(seconds)
        }
    }

    func countFailure(_ failure: PollFailure, account: String) {
        let key = FailureKey(account: account, reason: failure.reason)
        storage.withLock { $0.failures[key, default: 0] += 1 }
    }

    func countDroppedSnapshotItems(_ count: Int) {
        guard count > 0 else { return }
        storage.withLock { $0.droppedSnapshotItems += count }
    }

    /// Counts a failed ledger write.
    package func countStorageWriteFailure() { storage.withLock { $0.storageWriteFailures += 1 } }

    func count(_ outcome: InsertOutcome) {
        storage.withLock { snapshot in
            snapshot.duplicates += outcome.duplicate
            snapshot.late += outcome.late
            snapshot.unknownKinds += outcome.unknownKind
        }
        countDiscarded(outcome.outOfScope, .tooOld)
    }

    func countDiscarded(_ count: Int, _ reason: DiscardReason) {
        guard count > 0 else { return }
        storage.withLock { $0.discarded[reason, default: 0] += count }
    }

    /// Records the state of a token's budget.
    func recordBudget(
        _ snapshot: BudgetSnapshot,
        of rateLimiter: TokenRateLimiter,
        accounts: some Sequence<String>
    ) {
        let budget = TokenBudget(accounts: Set(accounts), snapshot: snapshot)
        storage.withLock { $0.budgets[ObjectIdentifier(rateLimiter)] = budget }
    }

    /// Removes the budget of a token that is no longer in use.
    package func forgetBudget(of rateLimiter: ObjectIdentifier) {
        storage.withLock { $0.budgets[rateLimiter] = nil }
    }
}
