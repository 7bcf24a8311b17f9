// SPDX-License-Identifier: Apache-2.0

/// What happens to the ledger's files; told on the ledger's own thread, and not to block it.
package enum StorageEvent: Sendable {
    /// Something could not be written, or still cannot: counting goes on in memory as far as it can.
    case failing(LedgerError)

    /// All that waited in memory is written.
    case recovered

    /// A file that cannot be used was given the second name; `cause` says what was wrong with it.
    ///
    /// `isRebuilt` says whether its counts were still in memory, and are in the new file.
    case setAside(path: String, name: String, cause: String, isRebuilt: Bool)

    /// The storage path had vanished or was replaced while the ledger was open, and was written anew.
    case restored(path: String)
}
