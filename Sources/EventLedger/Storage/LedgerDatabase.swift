// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The SQLite database of the ledger.
///
/// Its queue runs one access at a time on a thread of its own, and is the only serializer of the ledger.
///
/// Source: SQLite, "Write-Ahead Logging" and "PRAGMA synchronous".
struct LedgerDatabase: Sendable {
    /// What a committed transaction survives.
    enum Durability: String {
        /// A crash of the process, the kernel or the power supply.
        case full = "FULL"

        /// A crash of the process. A power failure may undo the last commits.
        case process = "NORMAL"
    }

    private let queue: DatabaseQueue

    /// Opens or creates a database, and migrates its schema.
    ///
    /// - Throws: an error of SQLite, or a `LedgerError` if a newer version has written the database.
    init(path: String) throws {
        var configuration = Configuration()
        configuration.label = "ledger"
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(5)
        configuration.journalMode = .wal
        configuration.prepareDatabase { db in
            // A disk that is full must fail commits only, so sorting and spilled pages stay in memory.
            try db.execute(sql: "PRAGMA cache_spill = OFF")
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
            // Effective only before the first table is created; `enableIncrementalVacuum()` converts older files.
            try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.read { db in try Schema.rejectNewer(db, path: path) }
        try queue.unsafeRead(Self.check)
        try Schema.migrator.migrate(queue)
        enableIncrementalVacuum()
    }

    /// Opens the database of an exporter, which may be running.
    ///
    /// - Parameters:
    ///   - directory: the storage path.
    ///   - isReadOnly: whether nothing is written.
    /// - Returns: a connection of its own.
    /// - Throws: an error of SQLite, or a `LedgerError` if there is no ledger, or another version has written it.
    static func connection(in directory: String, isReadOnly: Bool) throws -> DatabaseQueue {
        guard try StorageDirectory.containsLedger(directory) else {
            throw LedgerError.noLedger(directory: directory)
        }
        let path = StorageDirectory.databasePath(in: directory)
        var configuration = Configuration()
        configuration.label = "history"
        configuration.readonly = isReadOnly
        configuration.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.read { db in try Schema.checkVersion(of: db, path: path) }
        return queue
    }

    /// Rewrites a file of an earlier version, so that deleted events free space on the disk.
    ///
    /// If the disk is too full for a copy, the file stays as it is, which is correct but larger.
    private func enableIncrementalVacuum() {
        try? queue.writeWithoutTransaction { db in
            // 2 is INCREMENTAL.
            guard try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") != 2 else { return }
            try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
        }
    }

    /// Reads every page, which takes about 0.4 s for a million events.
    ///
    /// Otherwise damage outside the tables of the cache would be found by polls only, after this start and every other.
    private static func check(_ db: Database) throws {
        let result = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? ""
        guard result == "ok" else {
            let finding = result.split(separator: "\n").last.map(String.init)
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: finding)
        }
    }

    /// Blocks until an access has run on the queue.
    func access<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try queue.unsafeRead(body)
    }

    /// Runs an access on the queue without blocking a thread of the cooperative pool.
    ///
    /// Unlike GRDB's async methods it ignores cancellation, so that a cancelled poll does not look like a failed disk.
    func access<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable (Database) -> Result<Value, Failure>
    ) async throws(Failure) -> Value {
        let result = await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { db in continuation.resume(returning: body(db)) }
        }
        return try result.get()
    }

    /// Runs one transaction on the thread of the queue.
    static func transaction<Value>(
        in db: Database,
        durability: Durability,
        _ body: (Database) throws -> Value
    ) throws -> Value {
        // SQLite accepts the setting between transactions only.
        try db.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
        var value: Value?
        try db.inTransaction(.immediate) {
            value = try body(db)
            return .commit
        }
        guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        return value
    }
}
