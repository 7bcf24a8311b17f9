// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB
import Synchronization

extension EventLedger {
    /// What an operator has asked to forget.
    package struct ForgetOutcome: Sendable {
        /// The connectors of which tunnels were forgotten.
        package var changed: [ConnectorKey] = []

        /// The connectors that were forgotten themselves.
        package var removed: [ConnectorKey] = []
    }

    /// Carries out the requests that `ForgetRequests` has stored.
    ///
    /// A forgotten tunnel begins again with its next event, and a forgotten connector with the next discovery that lists it.
    /// The counts stay.
    ///
    /// - Parameter now: the time until which the events of a forgotten tunnel have no effect.
    /// - Returns: the changed and the removed connectors.
    /// - Throws: if the database cannot be read or written; the requests then remain.
    package func applyForgetRequests(at now: Timestamp) async throws(LedgerError) -> ForgetOutcome {
        let requests = try await store.read { db in
            try Row.fetchAll(db, sql: "SELECT id, connector, tunnel FROM forget_request").map { row in
                (id: row["id"] as Int64, connector: row["connector"] as Int64, tunnel: row["tunnel"] as String?)
            }
        }
        guard !requests.isEmpty else { return ForgetOutcome() }
        let keys = store.cache.withLock { cache in
            Dictionary(cache.connectors.values.map { ($0.row, $0.key) }) { first, _ in first }
        }
        try await store.write { db in
            for request in requests {
                if let tunnel = request.tunnel {
                    try Self.forget(tunnel, of: request.connector, at: now, in: db)
                } else {
                    try db.execute(
                        sql: "UPDATE connector SET present = 0, missing = ? WHERE id = ?",
                        arguments: [Self.absencesBeforeRemoval, request.connector]
                    )
                }
                try db.execute(sql: "DELETE FROM forget_request WHERE id = ?", arguments: [request.id])
            }
        } onCommit: { cache, _ in
            for request in requests {
                guard let key = keys[request.connector] else { continue }
                if let tunnel = request.tunnel {
                    cache.connectors[key]?.state.forget(tunnel: tunnel, at: now)
                } else {
                    cache.connectors[key]?.isPresent = false
                    cache.connectors[key]?.missing = Self.absencesBeforeRemoval
                }
            }
        }
        var outcome = ForgetOutcome()
        for request in requests {
            guard let key = keys[request.connector] else { continue }
            if request.tunnel == nil { outcome.removed.append(key) } else { outcome.changed.append(key) }
        }
        return outcome
    }

    /// Forgets a tunnel in the state and in the states from which recomputations and replays start.
    private static func forget(_ tunnel: String, of connector: Int64, at now: Timestamp, in db: Database) throws {
        for column in ["state", "base", "origin"] {
            var state = try LedgerRows.state(column, of: connector, in: db)
            state.forget(tunnel: tunnel, at: now)
            try db.execute(
                sql: "UPDATE connector SET \(column) = ? WHERE id = ?",
                arguments: [try LedgerRows.json(state), connector]
            )
        }
    }
}
