// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB
import Synchronization

/// The exact, crash-safe record of every event that was seen.
///
/// A page is one transaction: its unseen events are inserted and the counts raised together, or not at all.
/// The database is in SQLite's write-ahead mode, so a process that is killed at any instant leaves the last
/// committed page. What is kept in memory is changed only after the commit.
///
/// One poll of a connector at a time may use the ledger; polls of different connectors may run side by side.
///
/// Source: SQLite, "Write-Ahead Logging" and "PRAGMA synchronous".
package final class EventLedger: Sendable {
    let database: DatabaseQueue
    let memory = Mutex(LedgerMemory())
    private let directory: StorageDirectory

    /// Opens the ledger in a directory, which it makes where it is missing, and brings its tables up to date.
    ///
    /// Blocks on the disk: to be called before the services start.
    ///
    /// - Throws: with a sentence that names the path and what to do.
    package init(directory path: String) throws(LedgerError) {
        directory = try StorageDirectory(path)
        var configuration = Configuration()
        configuration.label = "ledger"
        configuration.journalMode = .wal
        configuration.prepareDatabase { db in
            // A kill loses nothing in this mode; a power cut may lose the last commits, which the next polls,
            // starting from the older watermark that is then in force, count again.
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        do {
            database = try DatabaseQueue(path: directory.databasePath, configuration: configuration)
            let isNewer = try database.read { db in try Schema.migrator.hasBeenSuperseded(db) }
            guard !isNewer else {
                throw LedgerError(
                    .newerSchema,
                    "\(directory.databasePath): written by a newer version of this program; "
                        + "install that version, or name another --storage.path"
                )
            }
            try Schema.migrator.migrate(database)
        } catch let error as LedgerError {
            throw error
        } catch {
            throw LedgerError(error, path: directory.databasePath)
        }
    }

    /// Reads everything that is kept, and settles what a crash left unsettled.
    package func load() async throws(LedgerError) {
        let loaded = try await write { db in try LedgerMemory(reading: db) }
        memory.withLock { $0 = loaded }
        for record in loaded.connectors.values.filter({ $0.pending == nil }) {
            _ = try await settle(record.key)
        }
    }

    /// The connectors of an account, in the order of their keys.
    package func connectors(of account: String) -> [ConnectorRecord] {
        memory.withLock { memory in
            memory.connectors.values.filter { $0.key.account == account }.sorted { $0.key < $1.key }
        }
    }

    /// One connector, or `nil` where discovery never showed it.
    package func connector(_ key: ConnectorKey) -> ConnectorRecord? {
        memory.withLock { $0.connectors[key] }
    }

    /// The durations counted over all connectors of an account.
    package func histograms(of account: String) -> AccountHistograms {
        memory.withLock { $0.accounts[account]?.histograms ?? AccountHistograms() }
    }

    /// When the durations of an account began to be counted: the first floor of its first connector, which never moves.
    ///
    /// - Returns: in seconds since the Unix epoch; `nil` before the first poll.
    package func countedSince(of account: String) -> Int? {
        memory.withLock { $0.accounts[account]?.countedSince }
    }

    /// Whether the account's histograms may be shown: the history of the connectors that were there first is
    /// in.
    package func isImported(_ account: String) -> Bool {
        memory.withLock { $0.accounts[account]?.isImported ?? false }
    }

    /// Ends the account's history import: from now on, only what is news is observed in its histograms.
    package func markImported(_ account: String) async throws(LedgerError) {
        guard let row = memory.withLock({ $0.accounts[account]?.row }) else { return }
        try await write { db in
            try db.execute(sql: "UPDATE account SET imported = 1 WHERE id = ?", arguments: [row])
        }
        memory.withLock { $0.accounts[account]?.isImported = true }
    }

    /// Runs one transaction on the database's own queue, never on the caller's thread.
    func write<Value: Sendable>(
        _ change: @escaping @Sendable (Database) throws -> Value
    ) async throws(LedgerError) -> Value {
        do {
            return try await database.write(change)
        } catch {
            throw LedgerError(error, path: directory.databasePath)
        }
    }

    /// Reads on the database's own queue.
    func read<Value: Sendable>(
        _ query: @escaping @Sendable (Database) throws -> Value
    ) async throws(LedgerError) -> Value {
        do {
            return try await database.read(query)
        } catch {
            throw LedgerError(error, path: directory.databasePath)
        }
    }
}
