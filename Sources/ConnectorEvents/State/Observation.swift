// SPDX-License-Identifier: Apache-2.0

/// A fact that follows from an event and the events before it.
///
/// Each is counted once.
package enum Observation: Sendable, Hashable {
    /// An operation finished, with the seconds since its start.
    case operationFinished(Operation, Operation.Outcome, seconds: Double)

    /// A rekey completed, with the seconds since its start.
    case rekeyCompleted(seconds: Double)

    /// The agent started without a stop before.
    case uncleanRestart
}
