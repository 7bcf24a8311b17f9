// SPDX-License-Identifier: Apache-2.0

import GRDB

/// One database, and the transaction that stays open while its disk takes nothing.
///
/// In SQLite's write-ahead mode a transaction touches the disk when it commits, and not before. So a change
/// that cannot be committed is made again in a transaction that stays open, and every later change goes into
/// it as a savepoint: they are counted by the same statements over the same rows as always, in pages that are
/// in memory. A commit that fails rolls all of it back; the changes are then made again from the same
/// beginning, in the same order, with the same result.
///
/// Source: SQLite, "Write-Ahead Logging"; `PRAGMA cache_spill`, `PRAGMA temp_store`.
struct LedgerDatabase: Sendable {
    let queue: DatabaseQueue

    /// What waits for the disk.
    private(set) var held = HeldChanges()

    /// Opens a database and brings its tables up to date.
    ///
    /// - Parameter path: `nil` for one in memory.
    /// - Throws: what SQLite reports, or a `LedgerError` where a newer version has written it.
    init(path: String?) throws {
        var configuration = Configuration()
        configuration.label = "ledger"
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(5)
        if path != nil { configuration.journalMode = .wal }
        configuration.prepareDatabase { db in
            // A kill loses nothing in this mode; a power cut may lose the last commits, which the next polls,
            // starting from the older watermark that is then in force, count again.
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            // Nothing of an open transaction may need the disk.
            try db.execute(sql: "PRAGMA cache_spill = OFF")
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        queue =
            try path.map { try DatabaseQueue(path: $0, configuration: configuration) }
            ?? DatabaseQueue(configuration: configuration)
        let isNewer = try queue.read { db in try Schema.migrator.hasBeenSuperseded(db) }
        guard !isNewer else {
            throw LedgerError(
                .newerSchema,
                "\(path ?? "the ledger"): written by a newer version of this program; "
                    + "install that version, or name another --storage.path"
            )
        }
        try Schema.migrator.migrate(queue)
    }

    /// Makes a change and commits it.
    func commit<Value>(_ change: (Database) throws -> Value) throws -> Value {
        try queue.writeWithoutTransaction { db in
            var value: Value?
            try db.inTransaction(.immediate) {
                value = try change(db)
                return .commit
            }
            guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
            return value
        }
    }

    /// Makes a change in the open transaction, which it opens where there is none.
    ///
    /// - Parameters:
    ///   - change: what to do; where it changes no row, nothing is held.
    ///   - again: what of it is to be made again after a commit that failed.
    /// - Returns: what the change gives.
    /// - Throws: what SQLite reports; this change is not made then.
    mutating func hold<Value>(
        _ change: (Database) throws -> Value,
        again: (Value) -> [HeldChange]
    ) throws -> Value {
        try resume()
        let (value, isChanged) = try queue.writeWithoutTransaction { db in
            let before = db.totalChangesCount
            var value: Value?
            try db.inSavepoint {
                value = try change(db)
                return .commit
            }
            guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
            return (value, db.totalChangesCount != before)
        }
        if isChanged { for change in again(value) { held.append(change) } }
        return value
    }

    /// Reads, from the open transaction where there is one.
    mutating func read<Value>(_ query: (Database) throws -> Value) throws -> Value {
        if !held.isEmpty { try resume() }
        return try queue.unsafeRead(query)
    }

    /// Opens the transaction again after a commit that failed.
    private func resume() throws {
        try queue.writeWithoutTransaction { db in
            guard !db.isInsideTransaction else { return }
            try db.beginTransaction(.immediate)
            do {
                for change in held.inOrder { try change.apply(db) }
            } catch {
                try? db.rollback()
                throw error
            }
        }
    }

    /// Tries to commit what is held.
    mutating func commitHeld() throws {
        guard !held.isEmpty else { return rollback() }
        try resume()
        try queue.writeWithoutTransaction { db in
            do {
                try db.commit()
            } catch {
                if db.isInsideTransaction { try? db.rollback() }
                throw error
            }
        }
        held = HeldChanges()
    }

    /// Ends a transaction in which nothing is held.
    func rollback() {
        try? queue.writeWithoutTransaction { db in
            if db.isInsideTransaction { try db.rollback() }
        }
    }
}
