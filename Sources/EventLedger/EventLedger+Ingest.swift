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
    package func openScope(of key: ConnectorKey, from floor: Int) async throws(LedgerError) -> Int {
        guard let record = connector(key) else { return floor }
        if let floor = record.floor { return floor }
        try await write { db in
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
        }
        memory.withLock { memory in
            memory.connectors[key]?.floor = floor
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
    /// - Returns: what became of the events.
    /// - Throws: when the database cannot be written; nothing is counted then.
    package func ingest(
        _ page: [IncomingEvent],
        of key: ConnectorKey
    ) async throws(LedgerError) -> InsertOutcome {
        guard let record = connector(key), !page.isEmpty else { return InsertOutcome() }
        let named = memory.withLock { memory in page.map { memory.kindNames.name(for: $0.kind) } }
        let kindRows = memory.withLock(\.kindRows)
        guard let account = memory.withLock({ $0.accounts[key.account] }) else { return InsertOutcome() }
        let observes = !account.isImported || record.watermark != nil
        let inserted = try await write { db in
            var insertion = PageInsertion(record: record, kindRows: kindRows)
            for (incoming, kind) in zip(page, named) {
                try insertion.insert(incoming, as: kind, in: db)
            }
            try insertion.raiseCounts(in: db)
            if observes {
                try Self.addHistograms([.deliveryDelay: insertion.delays], account: account.row, in: db)
            }
            return insertion
        }
        memory.withLock { memory in
            memory.kindRows.merge(inserted.kindRows) { $1 }
            if observes { memory.accounts[key.account]?.histograms[.deliveryDelay].add(inserted.delays) }
            memory.connectors[key]?.take(inserted, pendingBound: Self.pendingBound)
        }
        return inserted.outcome
    }

    /// Adds counts to the kept histograms of an account.
    static func addHistograms(
        _ added: [AccountHistograms.Name: DurationHistogram],
        account: Int64,
        in db: Database
    ) throws {
        for (name, histogram) in added where histogram.count > 0 {
            let kept = try Row.fetchOne(
                db,
                sql: "SELECT counts, sum FROM histogram WHERE account = ? AND name = ?",
                arguments: [account, name.rawValue]
            )
            var total = histogram
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
        if (pending?.count ?? 0) + inserted.new.count > pendingBound { pending = nil }
        for event in inserted.new { pending?[event.id] = event }
    }
}
