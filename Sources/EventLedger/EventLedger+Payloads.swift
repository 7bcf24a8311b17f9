// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB
import Synchronization

extension EventLedger {
    /// Events whose payload is still to be fetched, newest first: what is now matters most.
    ///
    /// - Parameters:
    ///   - key: the connector.
    ///   - start: the oldest `t` of interest, in seconds since the Unix epoch.
    ///   - limit: the most to name.
    /// - Returns: their identities; none where the connector is not known.
    /// - Throws: when the database cannot be read.
    package func wantedPayloads(
        of key: ConnectorKey,
        since start: Int,
        atMost limit: Int
    ) async throws(LedgerError) -> [EventID] {
        guard let record = connector(key), record.wantedPayloads > 0 else { return [] }
        return try await store.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT t, n FROM event WHERE connector = ? AND payload = 1 AND t >= ?
                    ORDER BY t DESC, n DESC LIMIT ?
                    """,
                arguments: [record.row, start, limit]
            )
            .map { EventID(t: $0["t"], n: $0["n"]) }
        }
    }

    /// Keeps payloads of events that want one; others change nothing.
    ///
    /// - Returns: how many were kept.
    /// - Throws: when the ledger can neither be written nor hold it in memory; none is kept then.
    package func keep(_ payloads: [EventPayload], of key: ConnectorKey) async throws(LedgerError) -> Int {
        guard let record = connector(key), record.wantedPayloads > 0, !payloads.isEmpty else { return 0 }
        let kept = try await store.write { db in
            try payloads.filter { try Self.keep($0, connector: record.row, in: db) }
        } again: { kept in
            [
                HeldChange(weight: 1 + kept.count) { db in
                    for payload in kept { _ = try Self.keep(payload, connector: record.row, in: db) }
                }
            ]
        } remember: { memory, kept in
            memory.connectors[key]?.wantedPayloads -= kept.count
            for payload in kept { memory.connectors[key]?.take(payload) }
        }
        return kept.count
    }

    private static func keep(_ payload: EventPayload, connector: Int64, in db: Database) throws -> Bool {
        let status: Schema.PayloadStatus = payload.isUnavailable ? .unavailable : .known
        let update = try db.cachedStatement(
            sql: "UPDATE event SET payload = ? WHERE connector = ? AND t = ? AND n = ? AND payload = 1"
        )
        try update.execute(arguments: [status.rawValue, connector, payload.id.t, payload.id.n])
        guard db.changesCount == 1 else { return false }
        guard !payload.isUnavailable else { return true }
        let insert = try db.cachedStatement(
            sql: "INSERT INTO payload (connector, t, n, tunnel, url, version) VALUES (?, ?, ?, ?, ?, ?)"
        )
        try insert.execute(
            arguments: [
                connector, payload.id.t, payload.id.n, payload.tunnelID, payload.url, payload.version,
            ]
        )
        // The state was folded without it, so it is to be folded again even if the process dies here.
        try db.execute(sql: "UPDATE connector SET unsettled = 1 WHERE id = ?", arguments: [connector])
        return true
    }
}

extension ConnectorRecord {
    /// Gives a pending event its tunnel; where the event was settled without it, the state is folded again.
    fileprivate mutating func take(_ payload: EventPayload) {
        if pending?[payload.id] != nil {
            pending?[payload.id]?.tunnelID = payload.tunnelID
        } else {
            pending = nil
        }
    }
}
