// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger

/// What the samples of some families depend on, besides the time.
///
/// If it is equal after an event, and no sample changes with time, the samples are the same. Most events change few families.
enum HistoryInputs: Sendable, Hashable {
    /// The state of an operation, which changes with each of its events.
    struct OperationInputs: Sendable, Hashable {
        let openSince: Timestamp?
        let newestStart: Timestamp?

        /// The number of finishes, which only grows within a replay.
        let finishes: Int

        init(_ machine: OperationMachine) {
            openSince = machine.openSince
            newestStart = machine.newestStart
            finishes = machine.finishes.count
        }
    }

    case events(newest: EventID?)
    case operations([OperationInputs])
    case rekeys([String: RekeyMachine])
    case agent(isRunning: Bool?, uncleanRestarts: Int)

    /// Returns the inputs of the families about events.
    static func events(_ record: ConnectorRecord) -> HistoryInputs { .events(newest: record.state.newest) }

    /// Returns the inputs of the families about operations.
    static func operations(_ record: ConnectorRecord) -> HistoryInputs {
        .operations(Operation.allCases.map { OperationInputs(record.state[$0]) })
    }

    /// Returns the inputs of the families about rekeys.
    static func rekeys(_ record: ConnectorRecord) -> HistoryInputs { .rekeys(record.state.rekeys) }

    /// Returns the inputs of the families about the agent.
    static func agent(_ record: ConnectorRecord) -> HistoryInputs {
        .agent(isRunning: record.state.agent.isRunning, uncleanRestarts: record.uncleanRestarts)
    }
}
