// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB
import Synchronization

extension EventLedger {
    /// What was forgotten.
    package struct ForgetOutcome: Sendable {
        package var tunnels: [(connector: ConnectorKey, tunnel: String)] = []
        package var connectors: [ConnectorKey] = []
    }

    /// Carries out the requests that `ForgetRequests` has stored.
    ///
    /// A forgotten tunnel begins again with its next event, and a forgotten connector with the next discovery that lists it.
    /// The counts of events stay.
    ///
    /// - Parameters:
    ///   - account: the account of the connectors.
    ///   - now: the time until which the events of a forgotten tunnel have no effect.
    /// - Returns: the forgotten tunnels and connectors.
    /// - Throws: if the database cannot be read or written; the requests then remain.
    package func applyForgetRequests(
        of account: String,
        at now: Timestamp
    ) async throws(LedgerError) -> ForgetOutcome {
        let keys = Dictionary(connectors(of: account).map { ($0.row, $0.key) }) { first, _ in first }
        let requests = try await store.read { db in
            try Row.fetchAll(db, sql: "SELECT id, connector, tunnel FROM forget_request").compactMap { row in
                let connector: Int64 = row["connector"]
                return keys[connector].map {
                    ForgetRequest(id: row["id"], connector: connector, key: $0, tunnel: row["tunnel"])
                }
            }
        }
        guard !requests.isEmpty else { return ForgetOutcome() }
        try await store.write { db in
            for request in requests { try request.apply(at: now, in: db) }
        } onCommit: { cache, _ in
            for request in requests { cache.connectors[request.key]?.apply(request, at: now) }
        }
        return ForgetOutcome(
            tunnels: requests.compactMap { request in request.tunnel.map { (request.key, $0) } },
            connectors: requests.filter { $0.tunnel == nil }.map(\.key)
        )
    }
}

/// A row of table `forget_request`.
private struct ForgetRequest: Sendable {
    let id: Int64

    /// The row id in table `connector`.
    let connector: Int64

    let key: ConnectorKey

    /// The tunnel; `nil` to forget the connector.
    let tunnel: String?

    func apply(at now: Timestamp, in db: Database) throws {
        if let tunnel {
            // Recomputations and replays start from the other two.
            for column in ["state", "base", "origin"] {
                var state = try LedgerRows.state(column, of: connector, in: db)
                state.forget(tunnel: tunnel, at: now)
                try db.execute(
                    sql: "UPDATE connector SET \(column) = ? WHERE id = ?",
                    arguments: [try LedgerRows.json(state), connector]
                )
            }
        } else {
            try db.execute(
                sql: "UPDATE connector SET present = 0, missing = ? WHERE id = ?",
                arguments: [EventLedger.absencesBeforeRemoval, connector]
            )
        }
        try db.execute(sql: "DELETE FROM forget_request WHERE id = ?", arguments: [id])
    }
}

extension ConnectorRecord {
    /// Applies a committed request.
    fileprivate mutating func apply(_ request: ForgetRequest, at now: Timestamp) {
        if let tunnel = request.tunnel {
            state.forget(tunnel: tunnel, at: now)
        } else {
            isPresent = false
            missing = EventLedger.absencesBeforeRemoval
        }
    }
}
