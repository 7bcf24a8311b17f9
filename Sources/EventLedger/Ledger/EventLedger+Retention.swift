// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB
import Synchronization

extension EventLedger {
    /// Moves the scope start of a connector forward.
    ///
    /// The counts stay. The effect of the events before the new scope start becomes the base state of later recomputations.
    /// These events stay readable until `deleteEvents(of:before:forgettingTunnelsAfter:)`. None is counted again, because it
    /// is out of scope, provided that later polls request nothing before `start`.
    ///
    /// - Parameters:
    ///   - key: a connector without pending events; nothing happens otherwise.
    ///   - start: the new scope start.
    ///   - forgetTunnelsAfter: the seconds without a rekey event after which a tunnel is forgotten.
    /// - Throws: if the database cannot be read or written; nothing changes then.
    package func moveScopeStart(
        of key: ConnectorKey,
        to start: Timestamp,
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
            let base = try LedgerRows.state(
                try LedgerRows.baseState(of: record.row, in: db),
                afterEventsOf: record.row,
                in: oldStart..<start,
                forgettingTunnelsAfter: forgetTunnelsAfter,
                db
            )
            try db.execute(
                sql: "UPDATE event SET payload = ? WHERE connector = ? AND t < ? AND payload = 1",
                arguments: [Schema.PayloadStatus.unavailable.rawValue, record.row, start]
            )
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
        } onCommit: { cache, moved in
            guard let moved else { return }
            cache.connectors[key]?.scopeStart = start
            cache.connectors[key]?.wantedPayloads = moved.wantedPayloads
            cache.connectors[key]?.state = moved.state
            let awaiting = cache.connectors[key]?.awaitingCollectionTime.filter { $0.time >= start }
            cache.connectors[key]?.awaitingCollectionTime = awaiting ?? []
        }
    }

    /// The maximum number of pages that one deletion returns to the file system: 4 MB.
    private static let vacuumedPages = 1000

    /// Deletes old events, and returns some of the free space to the file system.
    ///
    /// The counts and the state stay. Their effect on the state becomes the state from which a replay starts.
    ///
    /// - Parameters:
    ///   - key: the connector.
    ///   - oldest: the recording time of the oldest events to keep; events in scope are kept in any case.
    ///   - forgetTunnelsAfter: the seconds without a rekey event after which a tunnel is forgotten.
    /// - Throws: if the database cannot be read or written; nothing is deleted then.
    package func deleteEvents(
        of key: ConnectorKey,
        before oldest: Timestamp,
        forgettingTunnelsAfter forgetTunnelsAfter: Int
    ) async throws(LedgerError) {
        _ = try await store.write(durability: .process) { [store] db -> Timestamp? in
            guard let record = store.cache.withLock({ $0.connectors[key] }),
                let scopeStart = record.scopeStart, let keptSince = record.keptSince,
                case let end = min(oldest, scopeStart), keptSince < end
            else { return nil }
            let origin = try LedgerRows.state(
                try LedgerRows.originState(of: record.row, in: db),
                afterEventsOf: record.row,
                in: keptSince..<end,
                forgettingTunnelsAfter: forgetTunnelsAfter,
                db
            )
            for table in ["event", "payload"] {
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE connector = ? AND t < ?",
                    arguments: [record.row, end]
                )
            }
            try db.execute(
                sql: "UPDATE connector SET origin = ?, kept_since = ? WHERE id = ?",
                arguments: [try LedgerRows.json(origin), end, record.row]
            )
            try db.execute(sql: "PRAGMA incremental_vacuum(\(Self.vacuumedPages))")
            return end
        } onCommit: { cache, end in
            if let end { cache.connectors[key]?.keptSince = end }
        }
    }
}
