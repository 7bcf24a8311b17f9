// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB
import Synchronization

extension EventLedger {
    /// How many events may wait in memory to be settled; beyond it, they are read back from the ledger.
    private static let pendingBound = 50_000

    /// Sets where the scope of a connector begins, if no poll has set it yet.
    ///
    /// It is kept before the first event is, so that an import that is cut off goes on with the same scope.
    ///
    /// - Returns: the floor in force, in seconds since the Unix epoch.
    /// - Throws: when the database cannot be written; the scope stays open then.
    package func setScopeStart(of key: ConnectorKey, from floor: Int) async throws(LedgerError) -> Int {
        guard let record = connector(key) else { return floor }
        if let floor = record.scopeStart { return floor }
        try await store.write { db in
            try db.execute(
                sql: "UPDATE connector SET floor = ?, counted_since = ? WHERE id = ?",
                arguments: [floor, floor, record.row]
            )
            try db.execute(
                sql: """
                    UPDATE account SET counted_since = ?
                    WHERE counted_since IS NULL AND id = (SELECT account FROM connector WHERE id = ?)
                    """,
                arguments: [floor, record.row]
            )
        } remember: { memory, _ in
            memory.connectors[key]?.scopeStart = floor
            memory.connectors[key]?.countedSince = floor
            if memory.accounts[key.account]?.countedSince == nil {
                memory.accounts[key.account]?.countedSince = floor
            }
        }
        return floor
    }

    /// Counts the events of a page that were not seen before.
    ///
    /// All or nothing: one transaction inserts the unseen events and raises the counts.
    ///
    /// - Parameters:
    ///   - page: in any order, with any repetition.
    ///   - key: the connector; where it is not known, nothing is counted.
    ///   - isLatest: whether the page is what `latest` shows, which may be long known.
    /// - Returns: what became of the events.
    /// - Throws: when the ledger can neither be written nor hold it in memory; nothing is counted then.
    package func ingest(
        _ page: [IncomingEvent],
        of key: ConnectorKey,
        isLatest: Bool = false
    ) async throws(LedgerError) -> InsertOutcome {
        let (record, account) = store.memory.withLock { ($0.connectors[key], $0.accounts[key.account]) }
        guard let record, let account, !page.isEmpty else { return InsertOutcome() }
        let named = store.memory.withLock { memory in page.map { memory.kindNames.name(for: $0.kind) } }
        let kindRows = store.memory.withLock(\.kindRows)
        let observing = !account.isImported || record.watermark != nil ? account.row : nil
        let inserted = try await store.write { db in
            var insertion = try PageInsertion(into: record, kindRows: kindRows, observing: observing, db)
            for (incoming, kind) in zip(page, named) {
                try insertion.insert(incoming, as: kind, in: db)
            }
            try insertion.finish(in: db)
            return insertion
        } again: { inserted in
            [inserted.change]
        } remember: { memory, inserted in
            memory.kindRows.merge(inserted.kindRows) { $1 }
            if observing != nil {
                memory.accounts[key.account]?.histograms[.deliveryDelay].add(inserted.delays)
            }
            memory.connectors[key]?.take(inserted, pendingBound: Self.pendingBound)
        }
        var outcome = inserted.outcome
        outcome.outOfScope = store.memory.withLock { memory in
            memory.connectors[key]?.lostEvents.note(
                inserted.lostEvents,
                shown: page.lazy.map(\.id),
                isLatest: isLatest
            ) ?? 0
        }
        return outcome
    }

    /// Adds counts to a kept histogram of an account.
    static func add(
        _ added: DurationHistogram,
        to name: AccountHistograms.Name,
        account: Int64,
        in db: Database
    ) throws {
        guard added.count > 0 else { return }
        let kept = try Row.fetchOne(
            db,
            sql: "SELECT counts, sum FROM histogram WHERE account = ? AND name = ?",
            arguments: [account, name.rawValue]
        )
        var total = added
        if let kept, let before = try DurationHistogram(name: name, kept: kept) { total.add(before) }
        try db.execute(
            sql: """
                INSERT INTO histogram (account, name, counts, sum) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET counts = excluded.counts, sum = excluded.sum
                """,
            arguments: [account, name.rawValue, try json(total.counts), total.sum]
        )
    }
}

extension ConnectorRecord {
    /// Takes over what a committed page changed.
    fileprivate mutating func take(_ inserted: PageInsertion, pendingBound: Int) {
        for (kind, added) in inserted.tallies {
            let before = tallies[kind] ?? KindTally(count: 0, newest: added.newest)
            tallies[kind] = KindTally(
                count: before.count + added.count,
                newest: max(before.newest, added.newest)
            )
        }
        wantedPayloads += inserted.wantedPayloads
        awaitingCollectionTime.formUnion(inserted.new.lazy.filter { $0.collectedAt == nil }.map(\.id))
        awaitingCollectionTime.subtract(inserted.dated.keys)
        if (pending?.count ?? 0) + inserted.new.count > pendingBound { pending = nil }
        for event in inserted.new { pending?[event.id] = event }
    }
}
