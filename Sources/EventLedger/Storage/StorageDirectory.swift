// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import LinuxSystem
import Synchronization

/// The storage path, locked by this process for the lifetime of the value.
///
/// The kernel releases the lock when the process ends. The corresponding C function is `flock(2)`.
final class StorageDirectory: Sendable {
    let databasePath: String

    private let path: String
    private let lock: Descriptor

    /// The identities of the open files, in the order of `suffixes`.
    private let files = Mutex<[FileIdentity?]>([])

    /// The suffixes of the database, its write-ahead log and its shared memory.
    private static let suffixes = ["", "-wal", "-shm"]

    /// Creates the directory if it is missing, and locks it.
    init(_ path: String) throws(LedgerError) {
        try Self.createDirectory(path)
        self.path = path
        databasePath = Self.databasePath(in: path)
        lock = try Self.acquireLock("\(path)/lock", of: path)
    }

    /// The reason why other users can replace the files of the directory; `nil` if they cannot.
    var weakness: String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        if ![0, geteuid()].contains(status.st_uid) { return "belongs to user \(status.st_uid)" }
        return status.st_mode & (S_IWGRP | S_IWOTH) == 0 ? nil : "is writable by its group or by all users"
    }
}

// MARK: - The database file

extension StorageDirectory {
    /// Makes the database readable by its owner only, and rejects symbolic links.
    ///
    /// SQLite creates its `-wal` and `-shm` files with the mode of the database, so the mode is set before SQLite opens it.
    /// SQLite follows links, and would write to a file elsewhere.
    func protectDatabase() throws(LedgerError) {
        let file = try Self.openFile(databasePath, in: path)
        fchmod(file.rawValue, 0o600)
        for suffix in Self.suffixes.dropFirst() {
            var status = stat()
            guard unsafe lstat(databasePath + suffix, &status) == 0 else { continue }
            guard status.st_mode & S_IFMT != S_IFLNK else { throw Self.isLink(databasePath + suffix) }
        }
    }

    func recordDatabase() {
        let identities = Self.suffixes.map { try? Self.identity(databasePath + $0) }
        files.withLock { $0 = identities }
    }

    var containsDatabase: Bool {
        let opened = files.withLock(\.first) ?? nil
        return opened != nil && (try? Self.identity(databasePath)) == opened
    }

    /// The bytes that the database and its write-ahead log use on the disk.
    var size: Int {
        Self.suffixes.reduce(0) { size, suffix in
            var status = stat()
            // st_blocks counts units of 512 bytes (stat(2)).
            guard unsafe lstat(databasePath + suffix, &status) == 0 else { return size }
            return size + Int(status.st_blocks) * 512
        }
    }

    /// Returns the path of the database in a directory.
    static func databasePath(in directory: String) -> String { "\(directory)/ledger.sqlite" }

    /// Returns whether a directory contains the file of a ledger.
    static func containsLedger(_ path: String) throws(LedgerError) -> Bool {
        do throws(Errno) {
            _ = try identity(databasePath(in: path))
            return true
        } catch {
            if error.rawValue == ENOENT || error.rawValue == ENOTDIR { return false }
            throw LedgerError(
                .notWritable,
                "\(databasePath(in: path)): \(error.message); run this command as the user of the exporter"
            )
        }
    }

    private static func identity(_ path: String) throws(Errno) -> FileIdentity {
        try FileIdentity(path: path, followsSymbolicLink: false)
    }

    /// Renames the open `-wal` and `-shm` files after the database was replaced.
    ///
    /// SQLite would apply them to the file that replaced the database.
    func detachDatabase() {
        let opened = files.withLock { $0 }
        for (suffix, identity) in zip(Self.suffixes, opened).dropFirst() {
            let path = databasePath + suffix
            guard identity != nil, (try? Self.identity(path)) == identity else { continue }
            _ = unsafe rename(path, unusedName(for: path, reason: "replaced"))
        }
        Self.synchronize(path)
    }

    /// Renames the database and its `-wal` and `-shm` files.
    ///
    /// Nothing is deleted.
    ///
    /// - Parameter reason: part of the new name, before the time.
    /// - Returns: the new path; `nil` if the kernel refuses to rename the database.
    func setAside(as reason: String) -> String? {
        let name = unusedName(for: databasePath, reason: reason)
        guard unsafe rename(databasePath, name) == 0 else { return nil }
        // SQLite finds these files by the name of the database.
        for suffix in Self.suffixes.dropFirst() { _ = unsafe rename(databasePath + suffix, name + suffix) }
        Self.synchronize(path)
        return name
    }

    /// Returns a path with a reason and the current time that no file has.
    private func unusedName(for path: String, reason: String) -> String {
        let style = Date.ISO8601FormatStyle(
            dateSeparator: .omitted,
            dateTimeSeparator: .standard,
            timeSeparator: .omitted
        )
        let stem = "\(path).\(reason)-\(Date.now.formatted(style))"
        var name = stem
        var copies = 1
        while (try? Self.identity(name)) != nil {
            copies += 1
            name = "\(stem)-\(copies)"
        }
        return name
    }

    /// Makes the names in a directory survive a power failure.
    private static func synchronize(_ path: String) {
        let number = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { return }
        let directory = Descriptor(adopting: number)
        fsync(directory.rawValue)
    }
}

// MARK: - The directory and its lock

extension StorageDirectory {
    /// Opens a file for reading and writing, and creates it for its owner only.
    private static func openFile(_ file: String, in path: String) throws(LedgerError) -> Descriptor {
        let number = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if number < 0, errno == ELOOP { throw isLink(file) }
        guard number >= 0 else { throw notWritable(path, errno) }
        return Descriptor(adopting: number)
    }

    private static func isLink(_ file: String) -> LedgerError {
        LedgerError(
            .notWritable,
            "\(file): is a symbolic link, which the exporter does not follow; remove it, and use the directory of its "
                + "target as --storage.path"
        )
    }

    private static func acquireLock(_ lockPath: String, of path: String) throws(LedgerError) -> Descriptor {
        let file = try openFile(lockPath, in: path)
        guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            let holder = readHolder(file.rawValue)
            throw LedgerError(
                .inUse,
                "storage path \(path): in use by another process\(holder.map { " (pid \($0))" } ?? ""); "
                    + "stop that process, or use another --storage.path"
            )
        }
        writeHolder(file.rawValue)
        return file
    }

    private static func createDirectory(_ path: String) throws(LedgerError) {
        var created = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/", omittingEmptySubsequences: true) {
            created += (created.isEmpty || created.hasSuffix("/") ? "" : "/") + component
            if unsafe mkdir(created, 0o700) == 0 {
                synchronize("\(created)/..")
            } else if errno != EEXIST, errno != EISDIR {
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
            "storage path \(path): \(Errno(rawValue: code).message); "
                + "use a directory that this user can write as --storage.path"
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
