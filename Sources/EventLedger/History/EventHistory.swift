// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB

/// A reader of the ledger, also of one that another process writes.
///
/// Its methods block on the disk. They read a snapshot of the committed data, and delay no writer. Each method may be called
/// from any thread; concurrent calls on one value wait for each other.
///
/// Source: SQLite, "Write-Ahead Logging", "Concurrency".
package final class EventHistory: Sendable {
    /// The order of the events of a page.
    package enum Order: Sendable {
        case oldestFirst
        case newestFirst
    }

    private let path: String
    private let queue: DatabaseQueue

    /// Opens the ledger of a storage path for reading.
    ///
    /// - Throws: an error that names the path and the remedy, for example if it contains no ledger.
    package init(directory: String) throws(LedgerError) {
        path = StorageDirectory.databasePath(in: directory)
        do {
            queue = try LedgerDatabase.connection(in: directory, isReadOnly: true)
        } catch {
            throw LedgerError(error, path: path)
        }
    }

    /// Runs a query on one snapshot of the ledger.
    func read<Value>(_ query: (Database) throws -> Value) throws(LedgerError) -> Value {
        do {
            return try queue.read(query)
        } catch {
            throw LedgerError(error, path: path)
        }
    }

    /// Returns all connectors that discovery has ever listed, sorted by key.
    package func connectors() throws(LedgerError) -> [ConnectorRecord] {
        try read { db in try LedgerCache(reading: db) }.connectors.values.sorted { $0.key < $1.key }
    }

    /// Returns the properties of all connectors that discovery has ever listed.
    ///
    /// It takes much less time than `connectors()`, which reads their states.
    package func inventories() throws(LedgerError) -> [ConnectorKey: Connector] {
        try read { db in
            let sql = """
                SELECT connector.name, connector.facts, account.name AS account
                FROM connector JOIN account ON account.id = connector.account
                """
            return try Row.fetchAll(db, sql: sql).reduce(into: [:]) { inventories, row in
                let key = ConnectorKey(account: row["account"], connector: row["name"])
                inventories[key] = try LedgerRows.decode(Connector.self, from: row["facts"])
            }
        }
    }

    /// Returns a page of the selected events.
    ///
    /// - Parameters:
    ///   - filter: the selection.
    ///   - cursor: the event before the first one of the page; `nil` for the first page.
    ///   - order: the order of the events.
    ///   - limit: the maximum number of events.
    ///   - scanLimit: the maximum number of events to read for each connector, or for all of them.
    ///   - isCancelled: called at times; if it returns `true`, the page ends.
    /// - Returns: the events, and the cursor of the next page.
    /// - Throws: if the database cannot be read.
    package func events(
        matching filter: EventFilter,
        after cursor: EventCursor? = nil,
        order: Order = .oldestFirst,
        limit: Int,
        scanLimit: Int = 200_000,
        isCancelled: () -> Bool = { false }
    ) throws(LedgerError) -> RecordedEventPage {
        try read { db in
            let scan = EventScan(
                filter: filter,
                cursor: cursor,
                order: order,
                limit: limit,
                scanLimit: scanLimit
            )
            return try scan.page(in: db, isCancelled: isCancelled)
        }
    }

    /// Returns events in the order of counting.
    ///
    /// - Parameters:
    ///   - position: the position of the event before the first one; 0 for the oldest kept event.
    ///   - limit: the maximum number of events.
    /// - Returns: the events, oldest count first.
    /// - Throws: if the database cannot be read.
    package func events(countedAfter position: Int, limit: Int) throws(LedgerError) -> [RecordedEvent] {
        try read { db in
            let names = try EventNames(reading: db)
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT t, n, connector, kind FROM event WHERE position > ? ORDER BY position LIMIT ?",
                arguments: [position, limit]
            )
            var events: [RecordedEvent] = []
            while let row = try rows.next() {
                let cursor = EventCursor(
                    id: EventID(t: row["t"], n: row["n"]),
                    connector: row["connector"]
                )
                events.append(try names.event(at: cursor, kind: row["kind"], in: db))
            }
            return events
        }
    }

    /// Returns the position of the event that was counted last; 0 if the ledger contains no events.
    package func lastPosition() throws(LedgerError) -> Int {
        try read { db in try Int.fetchOne(db, sql: "SELECT max(position) FROM event") ?? 0 }
    }
}
