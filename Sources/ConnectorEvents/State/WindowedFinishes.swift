// SPDX-License-Identifier: Apache-2.0

/// The finishes of an operation in a sliding window.
///
/// The window at time `now` is `now - window < time <= now`, so each finish counts for exactly the length of the window.
package struct WindowedFinishes: Sendable, Hashable {
    package private(set) var succeeded = 0
    package private(set) var failed = 0

    /// The next time at which a count changes without a new event.
    package private(set) var changesAt: Timestamp?

    /// Counts the finishes at one time.
    ///
    /// - Parameters:
    ///   - finishes: oldest first.
    ///   - window: the length of the window, in seconds.
    ///   - now: the end of the window.
    package init(_ finishes: [OperationMachine.Finish], window: Int, now: Timestamp) {
        for finish in finishes.reversed() {
            let expiry = finish.time + Double(window)
            if expiry <= now { break }
            if finish.time > now {
                changesAt = finish.time
                continue
            }
            switch finish.outcome {
            case .success: succeeded += 1
            case .failure: failed += 1
            }
            changesAt = min(changesAt ?? expiry, expiry)
        }
    }

    /// Failed divided by finished; `nil` if nothing finished in the window.
    package var failureRatio: Double? {
        let finished = succeeded + failed
        return finished == 0 ? nil : Double(failed) / Double(finished)
    }
}
