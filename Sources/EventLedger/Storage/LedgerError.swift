// SPDX-License-Identifier: Apache-2.0

import GRDB

/// A failure to open, read or write the ledger.
package struct LedgerError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure, by remedy.
    package enum Reason: Sendable, Hashable {
        /// Another process holds the storage path.
        case inUse
        /// The path or the file cannot be created, read or written.
        case notWritable
        case full
        /// The file is damaged, or not a database.
        case corrupt
        /// The file was deleted or replaced while the ledger was open.
        case replaced
        /// The database was written by a newer version of this program.
        case newerSchema
        /// The database was written by an older version of this program.
        case olderSchema
        /// The storage path contains no ledger.
        case missing
        /// The disk reports errors.
        case disk
        case other
    }

    package let reason: Reason

    /// One sentence that names the path and the remedy.
    package let description: String

    package init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }

    /// Converts an error of SQLite.
    ///
    /// Source: SQLite, "Result and Error Codes".
    init(_ error: any Error, path: String) {
        if let error = error as? LedgerError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.other, "\(path): \(error)")
            return
        }
        let message = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corrupt,
                "\(path): the database is damaged (\(message)); restart the exporter, which renames it and starts a new "
                    + "one, or restore a backup first"
            )
        case .SQLITE_FULL:
            self.init(.full, "\(path): the disk is full (\(message)); free some space")
        case .SQLITE_CANTOPEN:
            self.init(
                .notWritable,
                "\(path): cannot be opened (\(message)); use the user of the exporter, or check the owner and mode of the file"
            )
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .notWritable,
                "\(path): cannot be written (\(message)); check its owner and mode, and that the file system is not read-only"
            )
        case .SQLITE_IOERR:
            self.init(
                .disk,
                "\(path): cannot be written or read (\(message)); check the disk and the file size limit"
            )
        default:
            self.init(.other, "\(path): \(message)")
        }
    }

    static func noLedger(directory: String) -> LedgerError {
        LedgerError(
            .missing,
            "storage path \(directory): contains no ledger; use the --storage.path of the exporter, or start it first"
        )
    }

    /// The database at the path is no longer the open one.
    static func replaced(path: String) -> LedgerError {
        LedgerError(
            .replaced,
            "\(path): deleted or replaced while in use; restart the exporter, which then opens or creates this file"
        )
    }
}
