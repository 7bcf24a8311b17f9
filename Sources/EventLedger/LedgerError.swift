// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Why the ledger could not be opened, or could not keep something.
package struct LedgerError: Error, Sendable, CustomStringConvertible {
    /// What an operator has to do about it.
    package enum Reason: Sendable, Hashable {
        /// Another process holds the storage path.
        case inUse
        /// The path or the file may not be created, read or written.
        case notWritable
        /// The disk is full.
        case full
        /// The file is not a database, or a damaged one.
        case corrupt
        /// The database was written by a newer version of this program.
        case newerSchema
        /// The task was cancelled: nothing was changed, and nothing is wrong.
        case cancelled
        /// Anything else that SQLite reports.
        case other
    }

    package let reason: Reason

    /// One sentence that names the path and what to do.
    package let description: String

    package init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }

    /// Reads what SQLite reports.
    ///
    /// Source: SQLite, "Result and Error Codes".
    init(_ error: any Error, path: String) {
        if error is CancellationError {
            self.init(.cancelled, "cancelled")
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.other, "\(path): \(error)")
            return
        }
        let said = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corrupt,
                "\(path): the database is damaged (\(said)); move it away to start a new one, or restore a backup"
            )
        case .SQLITE_FULL:
            self.init(.full, "\(path): the disk is full (\(said)); free some space")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH:
            self.init(
                .notWritable,
                "\(path): cannot be written (\(said)); check its owner and mode, and that the file system is not read-only"
            )
        default:
            self.init(.other, "\(path): \(said)")
        }
    }
}
