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

    /// The account whose kept histograms count it; `nil` where history is not to be observed.
    private let account: Int64?

    private var observed: [EventID] = []
    private var isFolded = false
    private var isMoved = false

    init(of record: ConnectorRecord, counting account: Int64?) {
        self.record = record
        self.account = account
    }

    /// Applies what is pending, from memory where it follows the state, else from the ledger.
    mutating func fold(in db: Database) throws {
        let pending = record.pending?.values.sorted { $0.id < $1.id }
        if let pending, pending.isEmpty { return }
        isFolded = true
        if let pending, let first = pending.first, record.state.follows(first.id) {
            for event in pending { apply(event, wasObserved: false) }
        } else {
            try foldAgain(in: db)
        }
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

    /// Moves the watermark to where the completion says.
    ///
    /// It goes back where the clock of the completion before was ahead: what had not happened yet was not
    /// complete.
    mutating func complete(with completion: CompletedWindow?) {
        if let completion {
            record.watermark = completion.until
            record.lastSuccess = completion.at
            if completion.isRescan { record.rescannedAt = Double(completion.until) }
        }
        let hasAllPayloads = record.hasAllPayloads || (record.watermark != nil && record.wantedPayloads == 0)
        isMoved = completion != nil || hasAllPayloads != record.hasAllPayloads
        record.hasAllPayloads = hasAllPayloads
    }

    /// Writes what was found.
    func write(to db: Database) throws {
        for change in changes { try change.apply(db) }
    }

    /// What is written: what is added once, and what is overwritten as a whole.
    var changes: [HeldChange] {
        [addition, isFolded ? newState : nil, isMoved ? newWatermark : nil].compactMap(\.self)
    }

    private var addition: HeldChange? {
        guard !observed.isEmpty else { return nil }
        let (row, observed, account) = (record.row, observed, account)
        let added = AccountHistograms.Name.allCases.compactMap { name in
            histograms[name].count > 0 ? (name, histograms[name]) : nil
        }
        return HeldChange(weight: observed.count + added.count) { db in
            let flag = try db.cachedStatement(
                sql: "UPDATE event SET observed = 1 WHERE connector = ? AND t = ? AND n = ?"
            )
            for id in observed { try flag.execute(arguments: [row, id.t, id.n]) }
            guard let account else { return }
            for (name, histogram) in added {
                try EventLedger.add(histogram, to: name, account: account, in: db)
            }
        }
    }

    private var newState: HeldChange {
        let (row, state, uncleanRestarts) = (record.row, record.state, record.uncleanRestarts)
        return HeldChange(overwriting: "state of \(row)", weight: 2) { db in
            let statement = try db.cachedStatement(
                sql: "UPDATE connector SET state = ?, unclean_restarts = ?, unsettled = 0 WHERE id = ?"
            )
            try statement.execute(arguments: [try EventLedger.json(state), uncleanRestarts, row])
        }
    }

    private var newWatermark: HeldChange {
        let values: StatementArguments = [
            record.watermark, record.lastSuccess, record.rescannedAt, record.hasAllPayloads, record.row,
        ]
        return HeldChange(overwriting: "watermark of \(record.row)") { db in
            let statement = try db.cachedStatement(
                sql: """
                    UPDATE connector SET watermark = ?, last_success = ?, rescanned = ?, drained = ?
                    WHERE id = ?
                    """
            )
            try statement.execute(arguments: values)
        }
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
