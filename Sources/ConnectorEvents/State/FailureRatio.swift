// SPDX-License-Identifier: Apache-2.0

/// The share of failures among the finishes of an operation, over a sliding window.
///
/// The window at time `now` is `now - window < time <= now`, so each finish counts for exactly the length of the window.
package struct FailureRatio: Sendable, Hashable {
    /// Failed divided by finished; `nil` if nothing finished in the window.
    package let value: Double?

    /// The next time at which the value changes without a new event.
    package let changesAt: Timestamp?

    /// Computes the ratio at one time.
    ///
    /// - Parameters:
    ///   - finishes: oldest first.
    ///   - window: the length of the window, in seconds.
    ///   - now: the end of the window.
    package init(_ finishes: [OperationMachine.Finish], window: Int, now: Timestamp) {
        var failed = 0
        var finished = 0
        var changesAt: Timestamp?
        for finish in finishes.reversed() {
            let expiry = finish.time + Double(window)
            if expiry <= now { break }
            if finish.time > now {
                changesAt = finish.time
                continue
            }
            finished += 1
            if finish.outcome == .failure { failed += 1 }
            changesAt = min(changesAt ?? expiry, expiry)
        }
        value = finished == 0 ? nil : Double(failed) / Double(finished)
        self.changesAt = changesAt
    }
}
