// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import LinuxSystem
import Synchronization

/// The storage path, held by this process alone for as long as the value lives.
///
/// The lock is the kernel's, so that it ends with the process however that ends. The corresponding C function
/// is `flock(2)`.
final class StorageDirectory: Sendable {
    /// The database file in it.
    let databasePath: String

    private let path: String
    private let lock: Int32
    private let database = Mutex<FileIdentity?>(nil)

    /// Makes the directory where it is missing, and takes the lock.
    init(_ path: String) throws(LedgerError) {
        try Self.makeDirectory(path)
        self.path = path
        databasePath = "\(path)/ledger.sqlite"
        lock = try Self.takeLock("\(path)/lock", of: path)
    }

    deinit { close(lock) }

    /// The directory as it is at its path now: this one, or one that is made because this one is gone.
    func made() throws(LedgerError) -> StorageDirectory {
        let held = try? FileIdentity(descriptor: lock)
        return held != nil && held == (try? FileIdentity(path: "\(path)/lock"))
            ? self : try StorageDirectory(path)
    }
}

// MARK: - The database file

extension StorageDirectory {
    /// Sees that only the owner can read the database.
    ///
    /// SQLite gives its side files the mode of the database, so the mode is set before SQLite first opens it.
    func protectDatabase() throws(LedgerError) { try protect(databasePath) }

    /// Notes which file the database is now.
    func noteDatabase() {
        let identity = (try? FileIdentity(path: databasePath))
        database.withLock { $0 = identity }
    }

    /// Whether the file at the path is the one that was noted.
    var holdsDatabase: Bool {
        let noted = database.withLock { $0 }
        return noted != nil && (try? FileIdentity(path: databasePath)) == noted
    }

    /// Gives the database and its side files another name, which says when; nothing is deleted.
    ///
    /// - Parameter why: what follows the old name.
    /// - Returns: the new name; `nil` where it could not be given.
    func setAside(as why: String) -> String? {
        let style = Date.ISO8601FormatStyle(
            dateSeparator: .omitted,
            dateTimeSeparator: .standard,
            timeSeparator: .omitted
        )
        let stem = "\(databasePath).\(why)-\(Date.now.formatted(style))"
        var name = stem
        var copies = 1
        while (try? FileIdentity(path: name)) != nil {
            copies += 1
            name = "\(stem)-\(copies)"
        }
        guard unsafe rename(databasePath, name) == 0 else { return nil }
        // SQLite finds the side files of a database by its name.
        for side in ["-wal", "-shm"] { _ = unsafe rename(databasePath + side, name + side) }
        return name
    }

    /// Makes an empty file beside the database to copy it to.
    func emptyCopy() throws(LedgerError) -> String {
        let copy = "\(databasePath).new"
        for name in [copy, "\(copy)-journal"] { _ = unsafe unlink(name) }
        try protect(copy)
        return copy
    }

    /// Puts a whole copy in the place of the database; a file that somebody else has put there is set aside.
    func install(_ copy: String) throws(LedgerError) {
        if (try? FileIdentity(path: databasePath)) != nil, setAside(as: "found") == nil {
            throw Self.notWritable(path, errno)
        }
        // Those of a database that is gone would be taken for the new one's.
        for side in ["-wal", "-shm"] { _ = unsafe unlink(databasePath + side) }
        let descriptor = unsafe open(copy, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.notWritable(copy, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0, unsafe rename(copy, databasePath) == 0 else {
            throw Self.notWritable(copy, errno)
        }
    }

    private func protect(_ path: String) throws(LedgerError) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.notWritable(path, errno) }
        defer { close(descriptor) }
        _ = fchmod(descriptor, 0o600)
    }
}

// MARK: - The directory and its lock

extension StorageDirectory {
    private static func takeLock(_ lockPath: String, of path: String) throws(LedgerError) -> Int32 {
        let descriptor = unsafe open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw notWritable(lockPath, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = readHolder(descriptor)
            close(descriptor)
            throw LedgerError(
                .inUse,
                "storage path \(path): in use by another process\(holder.map { " (pid \($0))" } ?? ""); "
                    + "stop it, or give this one its own --storage.path"
            )
        }
        writeHolder(descriptor)
        return descriptor
    }

    private static func makeDirectory(_ path: String) throws(LedgerError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/", omittingEmptySubsequences: true) {
            made += (made.isEmpty || made.hasSuffix("/") ? "" : "/") + component
            guard unsafe mkdir(made, 0o700) == 0 || errno == EEXIST || errno == EISDIR else {
                throw notWritable(path, errno)
            }
        }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw notWritable(path, errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw notWritable(path, ENOTDIR) }
    }

    private static func notWritable(_ path: String, _ code: Int32) -> LedgerError {
        LedgerError(
            .notWritable,
            "storage path \(path): \(unsafe String(cString: strerror(code))); "
                + "name a directory that this user may write with --storage.path"
        )
    }

    private static func readHolder(_ descriptor: Int32) -> Int? {
        let text = unsafe [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
            unsafe count = max(0, pread(descriptor, buffer.baseAddress, 20, 0))
        }
        return Int(String(decoding: text, as: UTF8.self).filter(\.isNumber))
    }

    private static func writeHolder(_ descriptor: Int32) {
        let text = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = unsafe text.withUnsafeBufferPointer { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }
}
