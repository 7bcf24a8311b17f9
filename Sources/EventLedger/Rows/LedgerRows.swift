// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import FoundationEssentials
import GRDB

/// Encoding and statements that several transactions share.
enum LedgerRows {
    /// Returns a value as JSON with sorted keys, so that equal values have equal texts.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Decodes a value from a column with JSON.
    static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    /// Adds counts to a stored histogram of an account.
    static func add(
        _ added: DurationHistogram,
        to name: AccountHistograms.Name,
        account: Int64,
        in db: Database
    ) throws {
        guard added.count > 0 else { return }
        let stored = try Row.fetchOne(
            db,
            sql: "SELECT counts, sum FROM histogram WHERE account = ? AND name = ?",
            arguments: [account, name.rawValue]
        )
        var total = added
        if let stored, let before = try DurationHistogram(name: name, stored: stored) { total.add(before) }
        try db.execute(
            sql: """
                INSERT INTO histogram (account, name, counts, sum) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET counts = excluded.counts, sum = excluded.sum
                """,
            arguments: [account, name.rawValue, try json(total.counts), total.sum]
        )
    }

    /// A query for events with their tunnels, in the order of their identities.
    static func eventsInOrder(where condition: String) -> String {
        """
        SELECT event.t, event.n, event.collected, event.observed, kind.name AS kind, payload.tunnel
        FROM event
        JOIN kind ON kind.id = event.kind
        LEFT JOIN payload ON event.payload = 2 AND payload.connector = event.connector
            AND payload.t = event.t AND payload.n = event.n
        WHERE \(condition)
        ORDER BY event.t, event.n
        """
    }

    /// Returns the state at the scope start of a connector.
    static func baseState(of connector: Int64, in db: Database) throws -> ConnectorState {
        try state("base", of: connector, in: db)
    }

    /// Returns the state before the oldest kept event of a connector.
    static func originState(of connector: Int64, in db: Database) throws -> ConnectorState {
        try state("origin", of: connector, in: db)
    }

    /// Returns a state that a column of table `connector` contains.
    static func state(_ column: String, of connector: Int64, in db: Database) throws -> ConnectorState {
        let text = try String.fetchOne(
            db,
            sql: "SELECT \(column) FROM connector WHERE id = ? AND \(column) IS NOT NULL",
            arguments: [connector]
        )
        return try text.map { try decode(ConnectorState.self, from: $0) } ?? ConnectorState()
    }

    /// Returns the state after the stored events of a period, without what no later result depends on.
    static func state(
        _ state: ConnectorState,
        afterEventsOf connector: Int64,
        in period: Range<Timestamp>,
        forgettingTunnelsAfter forgetTunnelsAfter: Int,
        _ db: Database
    ) throws -> ConnectorState {
        var state = state
        let rows = try Row.fetchCursor(
            db,
            sql: eventsInOrder(where: "event.connector = ? AND event.t >= ? AND event.t < ?"),
            arguments: [connector, period.lowerBound, period.upperBound]
        )
        while let row = try rows.next() {
            _ = state.apply(Event(row: row), forgettingTunnelsAfter: forgetTunnelsAfter)
        }
        state.removeFinishes(before: period.upperBound)
        state.removeTunnels(forgottenAfter: forgetTunnelsAfter, at: period.upperBound)
        return state
    }
}

extension DurationHistogram {
    /// Reads a row of table `histogram`; `nil` if it was written with other bounds.
    init?(name: AccountHistograms.Name, stored row: Row) throws {
        let counts = try LedgerRows.decode([Int].self, from: row["counts"])
        self.init(bounds: name.bounds, counts: counts, sum: row["sum"])
    }
}

extension Event {
    /// Reads a row of `LedgerRows.eventsInOrder(where:)`.
    init(row: Row) {
        self.init(
            id: EventID(t: row["t"], n: row["n"]),
            kind: EventKind(rawValue: row["kind"]),
            collectedAt: row["collected"],
            tunnelID: row["tunnel"]
        )
    }
}
