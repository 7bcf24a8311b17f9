// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import FoundationEssentials
import GRDB

/// The insertion of one page, within one transaction.
struct PageInsertion: Sendable {
    private let record: ConnectorRecord
    private(set) var outcome = InsertOutcome()
    private(set) var new: [Event] = []
    private(set) var tallies: [EventKind: KindTally] = [:]
    private(set) var delays = DurationHistogram(bounds: AccountHistograms.Name.deliveryDelay.bounds)
    private(set) var wantedPayloads = 0
    private(set) var kindRows: [EventKind: Int64]

    init(record: ConnectorRecord, kindRows: [EventKind: Int64]) {
        self.record = record
        self.kindRows = kindRows
    }

    /// Inserts an event unless its identity is there, and notes what it changes.
    mutating func insert(_ incoming: IncomingEvent, as kind: EventKind, in db: Database) throws {
        if let floor = record.floor, incoming.id.t < floor {
            outcome.outOfScope += 1
            return
        }
        let payload: Schema.PayloadStatus = kind.hasPayload ? .wanted : .none
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO event (connector, t, n, kind, collected, payload) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """
        )
        try statement.execute(
            arguments: [
                record.row, incoming.id.t, incoming.id.n, try row(of: kind, in: db), incoming.collectedAt,
                payload.rawValue,
            ]
        )
        guard db.changesCount == 1 else {
            outcome.duplicate += 1
            return
        }
        note(Event(id: incoming.id, kind: kind, collectedAt: incoming.collectedAt))
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
    mutating func raiseCounts(in db: Database) throws {
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
}

extension DurationHistogram {
    /// Reads a row of `histogram`; `nil` where it was written with other bounds.
    init?(name: AccountHistograms.Name, kept row: Row) throws {
        let counts = try JSONDecoder().decode([Int].self, from: Data((row["counts"] as String).utf8))
        self.init(bounds: name.bounds, counts: counts, sum: row["sum"])
    }
}
