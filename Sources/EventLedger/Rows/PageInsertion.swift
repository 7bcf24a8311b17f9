// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import GRDB

/// The insertion of one page of events, within one transaction.
///
/// It collects the changes of the cache, which apply after the commit.
struct PageInsertion: Sendable {
    private let record: ConnectorRecord

    /// The account whose histogram of delays is updated; `nil` if history is not observed.
    private let account: Int64?

    private(set) var kindRegistry: KindRegistry
    private(set) var kindRows: [EventKind: Int64]
    private(set) var outcome = InsertOutcome()

    /// The number in the order of counting that the next new event gets.
    private(set) var nextPosition: Int

    private(set) var inserted: [Event] = []

    /// Events that only `latest` had shown before, and that now have a collection time.
    private(set) var completed: Set<EventID> = []

    private(set) var beforeScope: [EventID] = []
    private(set) var tallies: [EventKind: KindTally] = [:]
    private(set) var delays = DurationHistogram(bounds: AccountHistograms.Name.deliveryDelay.bounds)
    private(set) var wantedPayloads = 0

    init(into record: ConnectorRecord, observing account: Int64?, cache: LedgerCache) {
        self.record = record
        self.account = account
        kindRegistry = cache.kindRegistry
        kindRows = cache.kindRows
        nextPosition = cache.nextPosition
    }

    /// Whether the account's histogram of delays is updated.
    var observesDelays: Bool { account != nil }

    /// Inserts an event unless its identity exists.
    mutating func insert(_ incoming: IncomingEvent, in db: Database) throws {
        if let scopeStart = record.scopeStart, incoming.id.time < scopeStart {
            if try exists(incoming.id, in: db) {
                outcome.duplicate += 1
            } else {
                beforeScope.append(incoming.id)
            }
            return
        }
        guard let event = try insertRow(of: incoming, in: db) else {
            outcome.duplicate += 1
            return try completeRow(of: incoming, in: db)
        }
        inserted.append(event)
        outcome.new += 1
        if isLate(event.id) { outcome.late += 1 }
        if !event.kind.isDocumented { outcome.unknownKind += 1 }
        if event.kind.hasPayload { wantedPayloads += 1 }
        if let delay = event.deliveryDelaySeconds { delays.observe(delay) }
        tallies[event.kind, default: KindTally(count: 0, newest: event.id.time)].add(event.id)
    }

    private func isLate(_ id: EventID) -> Bool {
        record.watermark.map { id.time < $0 } ?? false
    }

    /// - Returns: `nil` if the identity exists.
    private mutating func insertRow(of incoming: IncomingEvent, in db: Database) throws -> Event? {
        // A kind gets its name and row with its first new event: a duplicate under another kind must not claim one.
        let known = kindRows[EventKind(rawValue: incoming.kind)]
        if try known == nil && exists(incoming.id, in: db) { return nil }
        let kind = kindRegistry.name(for: incoming.kind)
        let payload: Schema.PayloadStatus = kind.hasPayload ? .wanted : .none
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO event (connector, t, n, kind, collected, payload, position, late)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """
        )
        try statement.execute(
            arguments: [
                record.row, incoming.id.t, incoming.id.n, try row(of: kind, in: db), incoming.collectedAt,
                payload.rawValue, nextPosition, isLate(incoming.id),
            ]
        )
        guard db.changesCount == 1 else { return nil }
        nextPosition += 1
        return Event(id: incoming.id, kind: kind, collectedAt: incoming.collectedAt)
    }

    private func exists(_ id: EventID, in db: Database) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "SELECT 1 FROM event WHERE connector = ? AND t = ? AND n = ?"
        )
        return try Bool.fetchOne(statement, arguments: [record.row, id.t, id.n]) ?? false
    }

    private mutating func row(of kind: EventKind, in db: Database) throws -> Int64 {
        if let row = kindRows[kind] { return row }
        try db.execute(sql: "INSERT INTO kind (name) VALUES (?)", arguments: [kind.rawValue])
        kindRows[kind] = db.lastInsertedRowID
        return db.lastInsertedRowID
    }

    /// Stores the collection time of an event that `latest` showed first.
    private mutating func completeRow(of incoming: IncomingEvent, in db: Database) throws {
        guard let collectedAt = incoming.collectedAt, record.awaitingCollectionTime.contains(incoming.id),
            completed.insert(incoming.id).inserted
        else { return }
        try db.execute(
            sql: "UPDATE event SET collected = ? WHERE connector = ? AND t = ? AND n = ?",
            arguments: [collectedAt, record.row, incoming.id.t, incoming.id.n]
        )
        let event = Event(
            id: incoming.id,
            kind: EventKind(rawValue: incoming.kind),
            collectedAt: collectedAt
        )
        if let delay = event.deliveryDelaySeconds { delays.observe(delay) }
        // The state was computed without the delivery delay.
        try markUnsettled(in: db)
    }

    /// Records that the state must be recomputed.
    private func markUnsettled(in db: Database) throws {
        try db.execute(sql: "UPDATE connector SET unsettled = 1 WHERE id = ?", arguments: [record.row])
    }

    /// Adds the inserted events to the tallies and the histogram.
    mutating func finish(in db: Database) throws {
        if let account { try LedgerRows.add(delays, to: .deliveryDelay, account: account, in: db) }
        guard !inserted.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO tally (connector, kind, count, newest) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET count = count + excluded.count, newest = max(newest, excluded.newest)
                """
        )
        for (kind, tally) in tallies {
            try statement.execute(arguments: [
                record.row, try row(of: kind, in: db), tally.count, tally.newest,
            ])
        }
        try markUnsettled(in: db)
    }
}

extension ConnectorRecord {
    /// The most events that wait in memory for the next update of the state.
    ///
    /// Beyond it, the update reads them from the database.
    private static let pendingLimit = 50_000

    /// Applies a committed page.
    mutating func apply(_ page: PageInsertion) {
        for (kind, added) in page.tallies {
            let before = tallies[kind] ?? KindTally(count: 0, newest: added.newest)
            tallies[kind] = KindTally(
                count: before.count + added.count,
                newest: max(before.newest, added.newest)
            )
        }
        wantedPayloads += page.wantedPayloads
        awaitingCollectionTime.formUnion(page.inserted.lazy.filter { $0.collectedAt == nil }.map(\.id))
        awaitingCollectionTime.subtract(page.completed)
        if !page.completed.isEmpty { pending = nil }
        if (pending?.count ?? 0) + page.inserted.count > Self.pendingLimit { pending = nil }
        for event in page.inserted { pending?[event.id] = event }
    }
}
