// SPDX-License-Identifier: Apache-2.0

/// What an event turns out to mean beside the ones before it, worth counting once.
package enum Observation: Sendable, Hashable {
    /// A run of an operation ended, this many seconds after its start.
    case operationFinished(Operation, Operation.Outcome, seconds: Int)

    /// A rekey was completed, this many seconds after its start.
    case rekeyCompleted(seconds: Int)

    /// The agent started again without having stopped.
    case uncleanRestart
}
