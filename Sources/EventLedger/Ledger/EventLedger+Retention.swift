// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB
import Synchronization

extension EventLedger {
    /// Deletes the identities of old events and moves the scope start after them.
    ///
    /// The counts stay. The effect of the deleted events becomes the base state of later recomputations. A deleted event
    /// is not counted again, because it is out of scope, provided that later polls request nothing before `start`.
    ///
    /// - Parameters:
    ///   - key: a connector without pending events; nothing happens otherwise.
    ///   - start: the new scope start.
    ///   - forgetTunnelsAfter: the seconds without a rekey event after which a tunnel is forgotten.
    /// - Throws: if the database cannot be read or written; nothing is deleted then.
    package func forgetEvents(
        of key: ConnectorKey,
        before start: Timestamp,
        forgettingTunnelsAfter forgetTunnelsAfter: Int
    ) async throws(LedgerError) {
        _ = try await store.write { [store] db -> (state: ConnectorState, wantedPayloads: Int)? in
            // Read within the transaction: another task may have updated the connector since the call.
            guard let record = store.cache.withLock({ $0.connectors[key] }), record.pending?.isEmpty == true,
                let oldStart = record.scopeStart, start > oldStart
            else { return nil }
            var state = record.state
            state.removeFinishes(before: start)
            // Later events are after the start, so that these tunnels would begin again in any case.
            state.removeTunnels(forgottenAfter: forgetTunnelsAfter, at: start)
            var base = try LedgerRows.baseState(of: record.row, in: db)
            let rows = try Row.fetchCursor(
                db,
                sql: LedgerRows.eventsInOrder(where: "event.connector = ? AND event.t < ?"),
                arguments: [record.row, start]
            )
            while let row = try rows.next() {
                _ = base.apply(Event(row: row), forgettingTunnelsAfter: forgetTunnelsAfter)
            }
            base.removeFinishes(before: start)
            base.removeTunnels(forgottenAfter: forgetTunnelsAfter, at: start)
            for table in ["event", "payload"] {
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE connector = ? AND t < ?",
                    arguments: [record.row, start]
                )
            }
            try db.execute(
                sql: "UPDATE connector SET base = ?, state = ?, floor = ? WHERE id = ?",
                arguments: [try LedgerRows.json(base), try LedgerRows.json(state), start, record.row]
            )
            let wanted = try Int.fetchOne(
                db,
                sql: "SELECT COUNT(*) FROM event WHERE connector = ? AND payload = 1",
                arguments: [record.row]
            )
            return (state, wanted ?? 0)
        } onCommit: { cache, pruned in
            guard let pruned else { return }
            cache.connectors[key]?.scopeStart = start
            cache.connectors[key]?.wantedPayloads = pruned.wantedPayloads
            cache.connectors[key]?.state = pruned.state
            let awaiting = cache.connectors[key]?.awaitingCollectionTime.filter { $0.time >= start }
            cache.connectors[key]?.awaitingCollectionTime = awaiting ?? []
        }
    }
}
