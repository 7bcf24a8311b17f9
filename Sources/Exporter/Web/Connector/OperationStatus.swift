// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling

/// The state of one operation of a connector, with the times at which it began.
struct OperationStatus {
    let operation: Operation
    let machine: OperationMachine

    /// When the operation last succeeded; `nil` if no success was counted.
    let lastSuccess: Timestamp?

    /// When the first failure since the last success was recorded; `nil` if the newest finish is not a failure.
    let failingSince: Timestamp?

    /// Whether an older failure may have been deleted.
    let isFailingLonger: Bool

    /// Returns the operations of a connector.
    ///
    /// - Throws: if the ledger cannot be read.
    static func all(
        of connector: AssessedConnector,
        _ context: QueryContext
    ) throws(LedgerError) -> [OperationStatus] {
        var result: [OperationStatus] = []
        for operation in Operation.allCases {
            let record = connector.view.record
            let machine = record.state[operation]
            let success = operation.kind(of: .finish(.success)).flatMap { record.tallies[$0]?.newest }
            var failure: Timestamp?
            if (machine.consecutiveFailures ?? 0) > 0, let kind = operation.kind(of: .finish(.failure)) {
                let filter = EventFilter(connectors: [connector.key], since: success) { $0 == kind }
                failure = try context.history().events(
                    matching: filter,
                    limit: 1,
                    isCancelled: context.isCancelled
                )
                .events.first?.event.id.time
            }
            let isKept = success.map { success in record.keptSince.map { $0 <= success } ?? false } ?? false
            result.append(
                OperationStatus(
                    operation: operation,
                    machine: machine,
                    lastSuccess: success,
                    failingSince: failure,
                    isFailingLonger: !isKept
                )
            )
        }
        return result
    }
}

extension Operation {
    /// Returns the kind of event of a step.
    fileprivate func kind(of step: Step) -> EventKind? {
        EventKind.documented.first { kind in
            Self.step(of: kind).map { $0.operation == self && $0.step == step } ?? false
        }
    }
}
