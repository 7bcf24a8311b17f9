// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling

/// The data that one query reads.
struct QueryContext {
    /// The fleet, at most about a second old.
    let fleet: FleetIndex

    /// The current time.
    let now: Timestamp

    /// Returns the reader of the ledger, which is opened with the first call.
    let history: () throws(LedgerError) -> EventHistory

    /// Returns whether the client has gone, so that the result is not needed.
    ///
    /// It also lets a waiting scrape run, so a query should call it several times per millisecond.
    let isCancelled: () -> Bool

    /// Returns the properties of the connectors of events, also of connectors that discovery no longer lists.
    ///
    /// - Throws: if the ledger cannot be read.
    func inventories(of events: [RecordedEvent]) throws(LedgerError) -> [ConnectorKey: Connector] {
        let keys = Set(events.map(\.connector))
        let exposed = keys.compactMap { key in fleet[key].map { (key, $0.view.record.inventory) } }
        guard exposed.count < keys.count else { return Dictionary(uniqueKeysWithValues: exposed) }
        return try history().inventories()
    }
}
