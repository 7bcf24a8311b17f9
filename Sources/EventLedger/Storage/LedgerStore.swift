// SPDX-License-Identifier: Apache-2.0

import GRDB
import Synchronization

/// The database of the ledger, and a cache of the tables that are small.
///
/// A transaction changes the database first. The cache changes after the commit, before the next transaction begins, so
/// it never contains anything that a restart could take back. If a transaction fails, neither changes.
final class LedgerStore: Sendable {
    private struct Status {
        /// Whether the last transaction failed.
        var isFailing = false

        /// The damage that an access has found; `nil` if none has.
        var damage: LedgerError?
    }

    /// The committed accounts, connectors and kinds.
    let cache: Mutex<LedgerCache>

    private let directory: StorageDirectory
    private let database: LedgerDatabase
    private let status = Mutex(Status())
    private let onEvent: @Sendable (StorageEvent) -> Void

    /// Opens the database and reads the cache.
    ///
    /// Blocks on the disk.
    ///
    /// A damaged database is renamed, and an empty one takes its place.
    init(
        directory path: String,
        onEvent: @escaping @Sendable (StorageEvent) -> Void
    ) throws(LedgerError) {
        let directory = try StorageDirectory(path)
        if let weakness = directory.weakness { onEvent(.unprotected(path: path, weakness: weakness)) }
        let opened: (database: LedgerDatabase, cache: LedgerCache)
        do throws(LedgerError) {
            opened = try Self.open(directory)
        } catch {
            guard error.reason == .corrupt, let name = directory.setAside(as: "corrupt") else { throw error }
            opened = try Self.open(directory)
            onEvent(.setAside(path: directory.databasePath, name: name, error: error))
        }
        self.directory = directory
        database = opened.database
        cache = Mutex(opened.cache)
        self.onEvent = onEvent
    }

    private static func open(
        _ directory: StorageDirectory
    ) throws(LedgerError) -> (database: LedgerDatabase, cache: LedgerCache) {
        do {
            try directory.protectDatabase()
            let database = try LedgerDatabase(path: directory.databasePath)
            let cache = try database.access { db in try LedgerCache(reading: db) }
            directory.recordDatabase()
            return (database, cache)
        } catch {
            throw LedgerError(error, path: directory.databasePath)
        }
    }

    /// The bytes that the files of the database use on the disk.
    var size: Int { directory.size }

    func read<Value: Sendable>(
        _ query: @escaping @Sendable (Database) throws -> Value
    ) async throws(LedgerError) -> Value {
        let path = directory.databasePath
        return try await database.access { db in
            Result { () throws(LedgerError) in
                do throws(LedgerError) {
                    return try Self.wrapping(path) { try query(db) }
                } catch {
                    if error.reason == .corrupt { self.recordFailure(error) }
                    throw error
                }
            }
        }
    }

    /// Runs one transaction.
    ///
    /// - Parameters:
    ///   - durability: what the transaction survives.
    ///   - change: the statements of the transaction. It runs while no other transaction does, so it may read the cache.
    ///   - onCommit: updates the cache.
    /// - Returns: the result of `change`.
    /// - Throws: if the transaction cannot be committed; database and cache are unchanged then.
    func write<Value: Sendable>(
        durability: LedgerDatabase.Durability = .full,
        _ change: @escaping @Sendable (Database) throws -> Value,
        onCommit: @escaping @Sendable (inout LedgerCache, Value) -> Void = { _, _ in }
    ) async throws(LedgerError) -> Value {
        try await database.access { db in
            Result { () throws(LedgerError) in
                do throws(LedgerError) {
                    let changesBefore = db.totalChangesCount
                    let value = try self.commit(change, durability, db)
                    self.cache.withLock { onCommit(&$0, value) }
                    // A transaction without changes succeeds on a full disk, too.
                    if db.totalChangesCount != changesBefore { self.recordSuccess() }
                    return value
                } catch {
                    self.recordFailure(error)
                    throw error
                }
            }
        }
    }

    private func commit<Value>(
        _ change: (Database) throws -> Value,
        _ durability: LedgerDatabase.Durability,
        _ db: Database
    ) throws(LedgerError) -> Value {
        // Undamaged pages still accept commits, but the next start renames the whole file.
        if let damage = status.withLock(\.damage) { throw damage }
        // A deleted file still accepts commits, but no restart would find them.
        guard directory.containsDatabase else {
            directory.detachDatabase()
            throw .replaced(path: directory.databasePath)
        }
        return try Self.wrapping(directory.databasePath) {
            try LedgerDatabase.transaction(in: db, durability: durability, change)
        }
    }

    private func recordFailure(_ error: LedgerError) {
        status.withLock { status in
            status.isFailing = true
            if error.reason == .corrupt { status.damage = status.damage ?? error }
        }
        onEvent(.failing(error))
    }

    private func recordSuccess() {
        let wasFailing = status.withLock { status in
            defer { status.isFailing = false }
            return status.isFailing
        }
        if wasFailing { onEvent(.recovered) }
    }

    private static func wrapping<Value>(_ path: String, _ body: () throws -> Value) throws(LedgerError)
        -> Value
    {
        do {
            return try body()
        } catch {
            throw LedgerError(error, path: path)
        }
    }
}
