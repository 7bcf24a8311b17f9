// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import FoundationEssentials
import GRDB

/// The insertion of one page, within one transaction.
struct PageInsertion: Sendable {
    private let record: ConnectorRecord

    /// The account whose kept histogram counts the delays; `nil` where history is not to be observed.
    private let account: Int64?
    private let scopeStart: Int?
    private(set) var outcome = InsertOutcome()
    private(set) var new: [Event] = []

    /// When events were collected that only `latest` had shown before.
    private(set) var dated: [EventID: Int] = [:]

    /// Events that are older than the scope.
    private(set) var lostEvents: [EventID] = []
    private(set) var tallies: [EventKind: KindTally] = [:]
    private(set) var delays = DurationHistogram(bounds: AccountHistograms.Name.deliveryDelay.bounds)
    private(set) var wantedPayloads = 0
    private(set) var kindRows: [EventKind: Int64]

    /// The rows of kinds that were there before.
    private let knownKindRows: [EventKind: Int64]

    /// Begins with the scope as it is in the database, which may be another than when the page was asked for.
    init(
        into record: ConnectorRecord,
        kindRows: [EventKind: Int64],
        observing account: Int64?,
        _ db: Database
    ) throws {
        self.record = record
        self.kindRows = kindRows
        knownKindRows = kindRows
        self.account = account
        scopeStart = try Int.fetchOne(
            db,
            sql: "SELECT floor FROM connector WHERE id = ? AND floor IS NOT NULL",
            arguments: [record.row]
        )
    }

    /// Inserts an event unless its identity is there, and notes what it changes.
    mutating func insert(_ incoming: IncomingEvent, as kind: EventKind, in db: Database) throws {
        if let scopeStart, incoming.id.t < scopeStart {
            lostEvents.append(incoming.id)
            return
        }
        let event = Event(id: incoming.id, kind: kind, collectedAt: incoming.collectedAt)
        guard try store(event, in: db) else {
            outcome.duplicate += 1
            if let collectedAt = incoming.collectedAt { try date(event, collectedAt, in: db) }
            return
        }
        note(event)
    }

    private mutating func store(_ event: Event, in db: Database) throws -> Bool {
        let payload: Schema.PayloadStatus = event.kind.hasPayload ? .wanted : .none
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO event (connector, t, n, kind, collected, payload) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """
        )
        try statement.execute(
            arguments: [
                record.row, event.id.t, event.id.n, try row(of: event.kind, in: db), event.collectedAt,
                payload.rawValue,
            ]
        )
        return db.changesCount == 1
    }

    /// Notes when an event was collected that was counted because `latest` showed it.
    private mutating func date(_ event: Event, _ collectedAt: Int, in db: Database) throws {
        guard record.awaitingCollectionTime.contains(event.id), dated[event.id] == nil else { return }
        try Self.store(collectedAt, of: event.id, connector: record.row, in: db)
        dated[event.id] = collectedAt
        if let delay = event.deliveryDelaySeconds { delays.observe(Double(delay)) }
    }

    private static func store(_ collectedAt: Int, of id: EventID, connector: Int64, in db: Database) throws {
        try db.execute(
            sql: "UPDATE event SET collected = ? WHERE connector = ? AND t = ? AND n = ?",
            arguments: [collectedAt, connector, id.t, id.n]
        )
    }

    private mutating func note(_ event: Event) {
        new.append(event)
        outcome.new += 1
        if let watermark = record.watermark, event.id.t < watermark { outcome.late += 1 }
        if !event.kind.isDocumented { outcome.unknownKind += 1 }
        if event.kind.hasPayload { wantedPayloads += 1 }
        if let delay = event.deliveryDelaySeconds { delays.observe(Double(delay)) }
        tallies[event.kind, default: KindTally(count: 0, newest: event.id.t)].add(event.id)
    }

    private mutating func row(of kind: EventKind, in db: Database) throws -> Int64 {
        if let row = kindRows[kind] { return row }
        try db.execute(
            sql: "INSERT INTO kind (name) VALUES (?) ON CONFLICT DO NOTHING",
            arguments: [kind.rawValue]
        )
        let row =
            try Int64.fetchOne(db, sql: "SELECT id FROM kind WHERE name = ?", arguments: [kind.rawValue]) ?? 0
        kindRows[kind] = row
        return row
    }

    /// Raises the counts by what was inserted.
    mutating func finish(in db: Database) throws {
        if let account { try EventLedger.add(delays, to: .deliveryDelay, account: account, in: db) }
        guard !new.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO tally (connector, kind, count, newest) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET count = count + excluded.count, newest = max(newest, excluded.newest)
                """
        )
        for (kind, tally) in tallies {
            try statement.execute(
                arguments: [record.row, try row(of: kind, in: db), tally.count, tally.newest]
            )
        }
        try db.execute(sql: "UPDATE connector SET unsettled = 1 WHERE id = ?", arguments: [record.row])
    }

    /// The same insertion, without looking at what it found to be there.
    var change: HeldChange {
        let done = self
        return HeldChange(weight: 1 + new.count + dated.count) { db in
            var again = done
            again.kindRows = done.knownKindRows
            for event in done.new { _ = try again.store(event, in: db) }
            for (id, collectedAt) in done.dated {
                try Self.store(collectedAt, of: id, connector: done.record.row, in: db)
            }
            try again.finish(in: db)
        }
    }
}

extension DurationHistogram {
    /// Reads a row of `histogram`; `nil` where it was written with other bounds.
    init?(name: AccountHistograms.Name, kept row: Row) throws {
        let counts = try JSONDecoder().decode([Int].self, from: Data((row["counts"] as String).utf8))
        self.init(bounds: name.bounds, counts: counts, sum: row["sum"])
    }
}
