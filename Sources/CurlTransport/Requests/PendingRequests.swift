// SPDX-License-Identifier: Apache-2.0

import DequeModule

/// A first-in, first-out queue of requests that libcurl has not received.
struct PendingRequests {
    private var submissions: [Int: Submission] = [:]

    /// Ids in the order of arrival.
    ///
    /// Ids of removed requests stay until `popFirst()` reaches them.
    private var order: Deque<Int> = []

    var isEmpty: Bool { submissions.isEmpty }

    /// Adds a request at the end.
    mutating func append(_ submission: Submission) {
        submissions[submission.id] = submission
        order.append(submission.id)
    }

    /// Removes and returns the first request.
    ///
    /// - Complexity: O(1), amortized.
    mutating func popFirst() -> Submission? {
        while let id = order.popFirst() {
            if let submission = submissions.removeValue(forKey: id) { return submission }
        }
        return nil
    }

    /// Removes and returns the request with an id, or returns `nil` if it is not pending.
    mutating func remove(_ id: Int) -> Submission? { submissions.removeValue(forKey: id) }

    /// Removes and returns the requests whose deadline has passed.
    mutating func removeExpired(at now: ContinuousClock.Instant) -> [Submission] {
        let expired = submissions.values.filter { $0.deadline <= now }
        for submission in expired { submissions[submission.id] = nil }
        return expired
    }

    /// The earliest deadline, or `nil` if no request is pending.
    ///
    /// - Complexity: O(n).
    var earliestDeadline: ContinuousClock.Instant? { submissions.values.lazy.map(\.deadline).min() }
}
