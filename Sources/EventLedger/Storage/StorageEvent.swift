// SPDX-License-Identifier: Apache-2.0

/// A change of the ledger's ability to write.
///
/// Reported on the thread of the database, which must not block.
package enum StorageEvent: Sendable {
    /// A transaction failed. Its poll fails too, and the next poll repeats it.
    case failing(LedgerError)

    /// A transaction succeeded after one or more had failed.
    case recovered

    /// The database at `path` was damaged when the ledger was opened, and was renamed to `name`.
    case setAside(path: String, name: String, error: LedgerError)

    /// Other users can replace the files in the directory at `path`, because it has a `weakness`.
    case unprotected(path: String, weakness: String)
}
