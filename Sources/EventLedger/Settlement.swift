// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import FoundationEssentials
import GRDB

/// The settling of one connector, within one transaction.
struct Settlement: Sendable {
    /// The connector as it will be.
    private(set) var record: ConnectorRecord

    /// What the newly applied events mean, beyond what was counted before.
    private(set) var histograms = AccountHistograms()

    private var observed: [EventID] = []

    init(of record: ConnectorRecord) {
        self.record = record
    }

    /// Applies what is pending, from memory where it follows the state, else from the ledger.
    mutating func fold(in db: Database) throws {
        let pending = record.pending?.values.sorted { $0.id < $1.id }
        if let pending, pending.isEmpty { return }
        if let pending, let first = pending.first, record.state.follows(first.id) {
            for event in pending { apply(event, wasObserved: false) }
        } else {
            try foldAgain(in: db)
        }
        let flag = try db.cachedStatement(
            sql: "UPDATE event SET observed = 1 WHERE connector = ? AND t = ? AND n = ?"
        )
        for id in observed { try flag.execute(arguments: [record.row, id.t, id.n]) }
        try db.execute(
            sql: "UPDATE connector SET state = ?, unclean_restarts = ?, unsettled = 0 WHERE id = ?",
            arguments: [try EventLedger.json(record.state), record.uncleanRestarts, record.row]
        )
    }

    private mutating func apply(_ event: Event, wasObserved: Bool) {
        guard let observation = record.state.apply(event), !wasObserved else { return }
        observed.append(event.id)
        histograms.observe(observation)
        if observation == .uncleanRestart { record.uncleanRestarts += 1 }
    }

    private mutating func foldAgain(in db: Database) throws {
        record.state = try Self.base(of: record.row, in: db)
        let rows = try Row.fetchCursor(
            db,
            sql: Self.eventsInOrder(where: "event.connector = ?"),
            arguments: [record.row]
        )
        while let row = try rows.next() {
            apply(Event(reading: row), wasObserved: row["observed"])
        }
    }

    /// Moves the watermark, which never goes back.
    mutating func complete(with completion: Completion?, in db: Database) throws {
        if let completion {
            record.watermark = max(record.watermark ?? completion.until, completion.until)
            record.lastSuccess = completion.at
            if completion.isRescan { record.rescannedAt = completion.at }
        }
        let isDrained = record.isDrained || (record.watermark != nil && record.wantedPayloads == 0)
        guard completion != nil || isDrained != record.isDrained else { return }
        record.isDrained = isDrained
        let statement = try db.cachedStatement(
            sql: """
                UPDATE connector SET watermark = ?, last_success = ?, rescanned = ?, drained = ? WHERE id = ?
                """
        )
        try statement.execute(
            arguments: [
                record.watermark, record.lastSuccess, record.rescannedAt, record.isDrained, record.row,
            ]
        )
    }

    /// The state before the oldest event that is kept.
    static func base(of connector: Int64, in db: Database) throws -> ConnectorState {
        let text = try String.fetchOne(
            db,
            sql: "SELECT base FROM connector WHERE id = ? AND base IS NOT NULL",
            arguments: [connector]
        )
        return try text.map { try JSONDecoder().decode(ConnectorState.self, from: Data($0.utf8)) }
            ?? ConnectorState()
    }

    /// Reads events with their tunnels in the order of their identities.
    static func eventsInOrder(where condition: String) -> String {
        """
        SELECT event.t, event.n, event.observed, kind.name AS kind, payload.tunnel
        FROM event
        JOIN kind ON kind.id = event.kind
        LEFT JOIN payload ON event.payload = 2 AND payload.connector = event.connector
            AND payload.t = event.t AND payload.n = event.n
        WHERE \(condition)
        ORDER BY event.t, event.n
        """
    }
}

extension Event {
    /// Reads a row of `eventsInOrder`.
    init(reading row: Row) {
        self.init(
            id: EventID(t: row["t"], n: row["n"]),
            kind: EventKind(rawValue: row["kind"]),
            tunnelID: row["tunnel"]
        )
    }
}
