// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import GRDB

/// The connectors and kinds that rows of table `event` refer to.
struct EventNames {
    private(set) var connectors: [Int64: ConnectorKey] = [:]
    private(set) var kinds: [Int64: EventKind] = [:]

    init(reading db: Database) throws {
        let sql = """
            SELECT connector.id, connector.name, account.name AS account
            FROM connector JOIN account ON account.id = connector.account
            """
        for row in try Row.fetchAll(db, sql: sql) {
            connectors[row["id"]] = ConnectorKey(account: row["account"], connector: row["name"])
        }
        for row in try Row.fetchAll(db, sql: "SELECT id, name FROM kind") {
            kinds[row["id"]] = EventKind(rawValue: row["name"])
        }
    }

    /// Returns the row id of a connector in table `connector`; `nil` if it is unknown.
    func row(of key: ConnectorKey) -> Int64? { connectors.first { $0.value == key }?.key }

    /// Returns an event with its details.
    ///
    /// - Parameters:
    ///   - cursor: the place of the event.
    ///   - kind: the row id in table `kind`.
    ///   - db: the database.
    /// - Returns: the event.
    /// - Throws: if the event cannot be read.
    func event(at cursor: EventCursor, kind: Int64, in db: Database) throws -> RecordedEvent {
        let details = try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT event.collected, event.payload, event.position, event.late,
                        payload.tunnel, payload.url, payload.version
                    FROM event
                    LEFT JOIN payload ON event.payload = 2 AND payload.connector = event.connector
                        AND payload.t = event.t AND payload.n = event.n
                    WHERE event.connector = ? AND event.t = ? AND event.n = ?
                    """
            ),
            arguments: [cursor.connector, cursor.id.t, cursor.id.n]
        )
        guard let details, let connector = connectors[cursor.connector], let kind = kinds[kind] else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "event \(cursor) is incomplete")
        }
        return RecordedEvent(cursor, kind: kind, connector: connector, details: details)
    }
}
