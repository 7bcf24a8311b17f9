// SPDX-License-Identifier: Apache-2.0

/// Requests that libcurl has not been given yet, first come, first served.
struct PendingRequests {
    private var submissions: [Int: Submission] = [:]

    /// Ids in the order of arrival; those that left early are passed over.
    private var order: [Int] = []
    private var head = 0

    /// Whether nobody waits.
    var isEmpty: Bool { submissions.isEmpty }

    /// Goes to the end of the line.
    mutating func append(_ submission: Submission) {
        submissions[submission.id] = submission
        order.append(submission.id)
    }

    /// Takes the first in the line.
    ///
    /// - Complexity: O(1), amortised.
    mutating func popFirst() -> Submission? {
        while head < order.count {
            let id = order[head]
            head += 1
            if let submission = submissions.removeValue(forKey: id) {
                forgetServed()
                return submission
            }
        }
        forgetServed()
        return nil
    }

    /// Leaves the line early.
    mutating func remove(_ id: Int) -> Submission? { submissions.removeValue(forKey: id) }

    /// Takes out all whose deadline has come.
    mutating func removeExpired(at now: ContinuousClock.Instant) -> [Submission] {
        let expired = submissions.values.filter { $0.deadline <= now }
        for submission in expired { submissions[submission.id] = nil }
        return expired
    }

    /// The deadline that comes first.
    ///
    /// - Complexity: O(n).
    var earliestDeadline: ContinuousClock.Instant? { submissions.values.lazy.map(\.deadline).min() }

    private mutating func forgetServed() {
        guard head == order.count || head >= 1024 else { return }
        order.removeFirst(head)
        head = 0
    }
}
