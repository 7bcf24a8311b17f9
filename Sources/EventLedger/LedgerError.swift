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
        /// The disk reports errors.
        case disk
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
        if let error = error as? LedgerError {
            self = error
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
        case .SQLITE_IOERR:
            self.init(.disk, "\(path): cannot be written or read (\(said)); look at the disk and its limits")
        default:
            self.init(.other, "\(path): \(said)")
        }
    }

    /// Whether it may pass with nobody touching the program, so that what cannot be written waits in memory.
    var isPassing: Bool { [.full, .disk, .notWritable].contains(reason) }

    /// More waits for the disk than may.
    static func tooMuchHeld(path: String) -> LedgerError {
        LedgerError(
            .full,
            "\(path): cannot be written, and what waits in memory for it is all that may wait; polls are asked "
                + "again when it can be written"
        )
    }
}
