// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB
import Synchronization

extension EventLedger {
    /// Returns events without their payload, newest first.
    ///
    /// - Parameters:
    ///   - key: the connector.
    ///   - start: the earliest recording time.
    ///   - limit: the maximum number.
    /// - Returns: their identities; none if the connector is unknown.
    /// - Throws: if the database cannot be read.
    package func wantedPayloads(
        of key: ConnectorKey,
        since start: Timestamp,
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

    /// Stores payloads of events that lack one, and ignores others.
    ///
    /// - Returns: the number of stored payloads.
    /// - Throws: if the database cannot be written; none is stored then.
    package func savePayloads(_ payloads: [EventPayload], of key: ConnectorKey) async throws(LedgerError)
        -> Int
    {
        guard let record = connector(key), record.wantedPayloads > 0, !payloads.isEmpty else { return 0 }
        let stored = try await store.write { db in
            try payloads.filter { try Self.store($0, connector: record.row, in: db) }
        } onCommit: { cache, stored in
            cache.connectors[key]?.wantedPayloads -= stored.count
            for payload in stored { cache.connectors[key]?.apply(payload) }
        }
        return stored.count
    }

    private static func store(_ payload: EventPayload, connector: Int64, in db: Database) throws -> Bool {
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
        // The state was computed without the payload, so a crash before the next update must not lose it.
        try db.execute(sql: "UPDATE connector SET unsettled = 1 WHERE id = ?", arguments: [connector])
        return true
    }
}

extension ConnectorRecord {
    /// Sets the tunnel of a pending event.
    ///
    /// If the state contains the event already, the state is recomputed.
    fileprivate mutating func apply(_ payload: EventPayload) {
        if pending?[payload.id] != nil {
            pending?[payload.id]?.tunnelID = payload.tunnelID
        } else {
            pending = nil
        }
    }
}
