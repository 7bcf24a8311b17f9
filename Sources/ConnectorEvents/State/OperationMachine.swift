// SPDX-License-Identifier: Apache-2.0

/// The state machine of one operation of one connector.
///
/// `Start…` opens a run and `Finish…` closes it. A second `Start…` replaces the first, and an interruption ends it without
/// a result. Only the order of events links a finish to its start, so events must be applied in the order of their
/// identities.
package struct OperationMachine: Sendable, Hashable, Codable {
    /// The end of one run.
    package struct Finish: Sendable, Hashable, Codable {
        package let time: Timestamp
        package let outcome: Operation.Outcome

        private enum CodingKeys: String, CodingKey {
            // The ledger stores this key.
            case time = "t"
            case outcome
        }
    }

    /// The start of the open run; `nil` if no run is open.
    package private(set) var openSince: Timestamp?

    /// The start of the newest run, open or finished.
    package private(set) var newestStart: Timestamp?

    /// The number of failures since the last success; `nil` before the first finish.
    package private(set) var consecutiveFailures: Int?

    /// The finishes that a failure ratio may still need, oldest first.
    package private(set) var finishes: [Finish] = []

    package init() {}

    /// Applies the next event.
    ///
    /// - Returns: the seconds from start to finish if the event finishes an open run; otherwise `nil`.
    package mutating func apply(_ step: Operation.Step, at time: Timestamp) -> Double? {
        switch step {
        case .start:
            openSince = time
            newestStart = time
            return nil
        case .finish(let outcome):
            defer { openSince = nil }
            consecutiveFailures = outcome == .failure ? (consecutiveFailures ?? 0) + 1 : 0
            finishes.append(Finish(time: time, outcome: outcome))
            return openSince.map { time - $0 }
        }
    }

    /// Ends the open run, if any, with neither success nor failure.
    package mutating func interrupt() { openSince = nil }

    /// Removes finishes before a time.
    package mutating func removeFinishes(before time: Timestamp) {
        guard let first = finishes.first, first.time < time else { return }
        finishes.removeAll { $0.time < time }
    }

    /// Returns the time at which the open run becomes stuck.
    ///
    /// - Parameter threshold: in seconds.
    /// - Returns: the time; `nil` if no run is open.
    package func becomesStuckAt(after threshold: Int) -> Timestamp? {
        openSince.map { $0 + Double(threshold) }
    }
}
