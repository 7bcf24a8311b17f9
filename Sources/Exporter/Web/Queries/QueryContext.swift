// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger

/// The data that one query reads.
struct QueryContext {
    /// The fleet, at most about a second old.
    let fleet: FleetIndex

    /// The current time.
    let now: Timestamp

    /// Returns the reader of the ledger, which is opened with the first call.
    let history: () throws(LedgerError) -> EventHistory

    /// Returns whether the client has gone, so that the result is not needed.
    let isCancelled: () -> Bool
}
