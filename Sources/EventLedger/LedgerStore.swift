// SPDX-License-Identifier: Apache-2.0

import Dispatch
import GRDB
import Synchronization

/// The ledger's database wherever it is, and what of it is at hand; changed on one thread of its own.
///
/// Where the disk takes nothing, changes wait in memory (`LedgerDatabase`). Where the file at the storage path is
/// not the one that is open any more, because the path was deleted or the file was damaged, the ledger goes on
/// in a database that has no name (the deleted file itself, or one in memory) and is written to the path as
/// soon as that can be done. Either way the same statements count.
final class LedgerStore: Sendable {
    private struct State {
        var directory: StorageDirectory
        var database: LedgerDatabase

        /// Why the database in use is not the file at the storage path; `nil` where it is.
        var away: Absence?
        var isFailing = false
        var retryDelay: Double
        var isRetryPlanned = false
    }

    /// Why a database has no file at the storage path.
    private enum Absence {
        case vanished
        case damaged(setAside: String?, cause: String)
    }

    /// The longest wait between two tries, in seconds.
    private static let longestDelay = 30.0

    /// What of the ledger is kept at hand: all that was counted, whether or not it is on the disk.
    let memory = Mutex(LedgerCache())

    private let state: Mutex<State>
    private let thread = DispatchQueue(label: "ledger")
    private let firstDelay: Double
    private let tell: @Sendable (StorageEvent) -> Void

    /// Opens the database, which may be a new one; a damaged one is set aside.
    init(
        directory path: String,
        retryAfter seconds: Double,
        tell: @escaping @Sendable (StorageEvent) -> Void
    ) throws(LedgerError) {
        let directory = try StorageDirectory(path)
        let database: LedgerDatabase
        do throws(LedgerError) {
            database = try Self.open(directory)
        } catch {
            guard error.reason == .corrupt, let name = directory.setAside(as: "corrupt") else { throw error }
            database = try Self.open(directory)
            tell(
                .setAside(
                    path: directory.databasePath,
                    name: name,
                    cause: error.description,
                    isRebuilt: false
                )
            )
        }
        state = Mutex(State(directory: directory, database: database, retryDelay: seconds))
        firstDelay = seconds
        self.tell = tell
    }

    private static func open(_ directory: StorageDirectory) throws(LedgerError) -> LedgerDatabase {
        do {
            try directory.protectDatabase()
            let database = try LedgerDatabase(path: directory.databasePath)
            directory.noteDatabase()
            return database
        } catch let error as LedgerError {
            throw error
        } catch {
            throw LedgerError(error, path: directory.databasePath)
        }
    }

    /// Reads everything that is kept into memory; a database that turns out to be damaged is set aside.
    func load() async throws(LedgerError) {
        let loaded = try await onThread { (state: inout State) throws(LedgerError) in
            do throws(LedgerError) {
                return try Self.read(&state) { db in try LedgerCache(reading: db) }
            } catch {
                try self.startOver(&state, after: error)
                return LedgerCache()
            }
        }
        memory.withLock { $0 = loaded }
    }

    private func startOver(_ state: inout State, after error: LedgerError) throws(LedgerError) {
        guard error.reason == .corrupt else { throw error }
        try? state.database.queue.close()
        guard let name = state.directory.setAside(as: "corrupt") else { throw error }
        state.database = try Self.open(state.directory)
        let path = state.directory.databasePath
        tell(.setAside(path: path, name: name, cause: error.description, isRebuilt: false))
    }

    /// Reads on the ledger's thread.
    func read<Value: Sendable>(
        _ query: @escaping @Sendable (Database) throws -> Value
    ) async throws(LedgerError) -> Value {
        try await onThread { (state: inout State) throws(LedgerError) in
            do throws(LedgerError) {
                return try Self.read(&state, query)
            } catch {
                if error.reason == .corrupt { try self.rebuild(&state, after: error) }
                throw error
            }
        }
    }

    private static func read<Value>(
        _ state: inout State,
        _ query: (Database) throws -> Value
    ) throws(LedgerError) -> Value {
        do {
            return try state.database.read(query)
        } catch {
            throw LedgerError(error, path: state.directory.databasePath)
        }
    }

    /// Runs one transaction, and takes what it did over into memory before anything else is done.
    ///
    /// - Parameters:
    ///   - change: the transaction; it may be run again.
    ///   - again: what of it is to be made again when the disk is back; the whole of it, if that is `nil`.
    ///   - remember: takes over what it did.
    /// - Returns: what the transaction gives.
    /// - Throws: where it can neither be written nor held; nothing is changed then.
    func write<Value: Sendable>(
        _ change: @escaping @Sendable (Database) throws -> Value,
        again: (@Sendable (Value) -> [HeldChange])? = nil,
        remember: @escaping @Sendable (inout LedgerCache, Value) -> Void = { _, _ in }
    ) async throws(LedgerError) -> Value {
        let again = again ?? { _ in [HeldChange { db in _ = try change(db) }] }
        return try await onThread { (state: inout State) throws(LedgerError) in
            self.returnToPath(&state)
            let value = try self.write(change, again: again, &state)
            self.memory.withLock { remember(&$0, value) }
            return value
        }
    }

    private func write<Value>(
        _ change: @Sendable (Database) throws -> Value,
        again: @Sendable (Value) -> [HeldChange],
        _ state: inout State
    ) throws(LedgerError) -> Value {
        let path = state.directory.databasePath
        do {
            guard !state.database.held.isEmpty else { return try state.database.commit(change) }
            guard state.database.held.hasRoom else { throw LedgerError.tooMuchHeld(path: path) }
            return try state.database.hold(change, again: again)
        } catch {
            let error = LedgerError(error, path: path)
            if error.reason == .corrupt { try rebuild(&state, after: error) } else { fail(error, &state) }
            guard error.isPassing, state.database.held.isEmpty else { throw error }
            defer { if state.database.held.isEmpty { state.database.rollback() } }
            return try Self.attempt(path) { try state.database.hold(change, again: again) }
        }
    }

    private static func attempt<Value>(_ path: String, _ body: () throws -> Value) throws(LedgerError)
        -> Value
    {
        do {
            return try body()
        } catch {
            throw LedgerError(error, path: path)
        }
    }

    /// Whether something waits in memory for the disk.
    var isHolding: Bool {
        get async { await onThread { (state: inout State) in !state.database.held.isEmpty } }
    }

    /// Writes what waits in memory, if the disk takes it now.
    ///
    /// - Returns: whether everything is on the disk.
    func flush() async -> Bool {
        await onThread { (state: inout State) in
            self.retry(&state)
            return !state.isFailing
        }
    }
}

// MARK: - Failing and recovering

extension LedgerStore {
    private func fail(_ error: LedgerError, _ state: inout State) {
        state.isFailing = true
        tell(.failing(error))
        planRetry(&state)
    }

    private func planRetry(_ state: inout State) {
        guard !state.isRetryPlanned else { return }
        state.isRetryPlanned = true
        thread.asyncAfter(deadline: .now() + state.retryDelay) { [weak self] in
            guard let self else { return }
            self.state.withLock { state in
                state.isRetryPlanned = false
                state.retryDelay = min(state.retryDelay * 2, Self.longestDelay)
                self.retry(&state)
            }
        }
    }

    private func retry(_ state: inout State) {
        guard state.isFailing else { return }
        do {
            try state.database.commitHeld()
        } catch {
            let error = LedgerError(error, path: state.directory.databasePath)
            guard error.reason == .corrupt else { return fail(error, &state) }
            do throws(LedgerError) {
                try rebuild(&state, after: error)
            } catch {
                return fail(error, &state)
            }
        }
        state.isFailing = false
        state.retryDelay = firstDelay
        if state.away != nil { writeToPath(&state) }
        if !state.isFailing { tell(.recovered) }
    }

    /// Notices that the storage path was deleted or replaced, and writes the ledger to it again.
    private func returnToPath(_ state: inout State) {
        guard state.away == nil, !state.directory.holdsDatabase else { return }
        state.away = .vanished
        writeToPath(&state)
    }

    /// Writes the database in use to the storage path, and goes on with the file there.
    private func writeToPath(_ state: inout State) {
        guard let absence = state.away, state.database.held.isEmpty else { return }
        let path = state.directory.databasePath
        do {
            let directory = try state.directory.made()
            let copy = try directory.emptyCopy()
            try state.database.queue.vacuum(into: copy)
            try directory.install(copy)
            state.database = try Self.open(directory)
            state.directory = directory
            state.away = nil
            switch absence {
            case .vanished: tell(.restored(path: path))
            case .damaged(let name, let cause):
                tell(.setAside(path: path, name: name ?? "", cause: cause, isRebuilt: true))
            }
        } catch {
            fail(LedgerError(error, path: path), &state)
        }
    }

    /// Goes on with what is in memory after the database was found to be damaged.
    private func rebuild(_ state: inout State, after error: LedgerError) throws(LedgerError) {
        let path = state.directory.databasePath
        let isFile = state.away == nil
        state.database = try Self.attempt(path) { try inMemory() }
        if isFile {
            let name = state.directory.setAside(as: "corrupt")
            state.away = .damaged(setAside: name, cause: error.description)
        }
        writeToPath(&state)
    }

    /// A database in memory with what is at hand; the identities of what was counted are not, so the scope of
    /// every connector begins after them.
    private func inMemory() throws -> LedgerDatabase {
        let database = try LedgerDatabase(path: nil)
        let memory = memory.withLock { memory in
            memory.forgetIdentities()
            return memory
        }
        try database.commit { db in try memory.write(to: db) }
        return database
    }
}

// MARK: - The thread

extension LedgerStore {
    private func onThread<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable (inout State) throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            thread.async {
                let result = self.state.withLock { state in
                    Result { () throws(Failure) in try body(&state) }
                }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }
}
