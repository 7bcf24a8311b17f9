// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The storage path, held by this process alone for as long as the value lives.
///
/// The lock is the kernel's, so that it ends with the process however that ends. The corresponding C function
/// is `flock(2)`.
struct StorageDirectory: ~Copyable, Sendable {
    /// The database file in it.
    let databasePath: String

    private let lock: Int32

    /// Makes the directory where it is missing, takes the lock, and sees that only the owner can read the
    /// database.
    init(_ path: String) throws(LedgerError) {
        try Self.makeDirectory(path)
        let database = "\(path)/ledger.sqlite"
        let descriptor = try Self.takeLock("\(path)/lock", of: path)
        do {
            try Self.protect(database)
        } catch {
            close(descriptor)
            throw error
        }
        databasePath = database
        lock = descriptor
    }

    deinit { close(lock) }

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

    /// SQLite gives its side files the mode of the database, so the mode is set before SQLite first opens it.
    private static func protect(_ path: String) throws(LedgerError) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw notWritable(path, errno) }
        defer { close(descriptor) }
        _ = fchmod(descriptor, 0o600)
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
