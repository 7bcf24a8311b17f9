// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB
import Synchronization

extension EventLedger {
    /// Forgets the identities of old events and raises the floor above them, in one transaction.
    ///
    /// Their counts stay, and what they mean for the state is kept as the base of every later fold. As long
    /// as `floor` is not after any `from` that will be asked again, no forgotten event can be counted a
    /// second time: what is below the floor is out of scope.
    ///
    /// - Parameters:
    ///   - key: a connector with nothing unsettled; otherwise nothing happens, as little as while changes wait
    ///     for the disk: forgetting would only make them more.
    ///   - floor: in seconds since the Unix epoch.
    /// - Throws: when the database cannot be written or read.
    package func forgetEvents(of key: ConnectorKey, before floor: Int) async throws(LedgerError) {
        guard let record = connector(key), record.pending?.isEmpty == true,
            let oldFloor = record.scopeStart, floor > oldFloor
        else { return }
        guard await !store.isHolding else { return }
        var pruned = record.state
        pruned.forgetFinishes(before: floor)
        let state = pruned
        _ = try await store.write { db in
            var base = try Settlement.base(of: record.row, in: db)
            let rows = try Row.fetchCursor(
                db,
                sql: Settlement.eventsInOrder(where: "event.connector = ? AND event.t < ?"),
                arguments: [record.row, floor]
            )
            while let row = try rows.next() { _ = base.apply(Event(reading: row)) }
            base.forgetFinishes(before: floor)
            for table in ["event", "payload"] {
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE connector = ? AND t < ?",
                    arguments: [record.row, floor]
                )
            }
            try db.execute(
                sql: "UPDATE connector SET base = ?, state = ?, floor = ? WHERE id = ?",
                arguments: [try Self.json(base), try Self.json(state), floor, record.row]
            )
            return try Int.fetchOne(
                db,
                sql: "SELECT COUNT(*) FROM event WHERE connector = ? AND payload = 1",
                arguments: [record.row]
            ) ?? 0
        } remember: { memory, wanted in
            memory.connectors[key]?.scopeStart = floor
            memory.connectors[key]?.wantedPayloads = wanted
            memory.connectors[key]?.state.forgetFinishes(before: floor)
            memory.connectors[key]?.awaitingCollectionTime = []
        }
    }
}
