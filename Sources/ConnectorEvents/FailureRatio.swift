// SPDX-License-Identifier: Apache-2.0

/// The share of an operation's ends that were failures, over a window that slides with time.
///
/// The window at time `now` is `now - window < t <= now`: a finish counts for exactly as long as the window
/// is.
package struct FailureRatio: Sendable, Hashable {
    /// Failed divided by finished; `nil` where nothing finished in the window.
    package let value: Double?

    /// The next time at which the value changes with no new event, in seconds since the Unix epoch.
    package let changesAt: Int?

    /// Reads the ratio at one moment.
    ///
    /// - Parameters:
    ///   - finishes: oldest first.
    ///   - window: in seconds.
    ///   - now: in seconds since the Unix epoch.
    package init(_ finishes: [OperationMachine.Finish], window: Int, now: Double) {
        var failed = 0
        var finished = 0
        var changesAt: Int?
        for finish in finishes.reversed() {
            let leaves = finish.t + window
            if Double(leaves) <= now { break }
            if Double(finish.t) > now {
                changesAt = finish.t
                continue
            }
            finished += 1
            if finish.outcome == .failure { failed += 1 }
            changesAt = min(changesAt ?? leaves, leaves)
        }
        value = finished == 0 ? nil : Double(failed) / Double(finished)
        self.changesAt = changesAt
    }
}
