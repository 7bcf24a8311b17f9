// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB
import Synchronization

/// The exact, crash-safe record of every event that was seen.
///
/// A page is one transaction: its unseen events are inserted and the counts raised together, or not at all.
/// The database is in SQLite's write-ahead mode, so a process that is killed at any instant leaves the last
/// committed page. What is kept in memory is changed together with the database.
///
/// Where the disk takes nothing, counting goes on in memory and is written when the disk is back. A process
/// that is killed meanwhile loses only that, and its next polls ask for it again: the watermarks on the disk
/// did not move without the events before them.
///
/// One poll of a connector at a time may use the ledger; polls of different connectors may run side by side.
///
/// Source: SQLite, "Write-Ahead Logging" and "PRAGMA synchronous".
package final class EventLedger: Sendable {
    let store: LedgerStore

    /// Opens the ledger in a directory, which it makes where it is missing, and brings its tables up to date.
    ///
    /// A damaged database gets another name, and a new one is begun: history is imported again. Blocks on the
    /// disk: to be called before the services start.
    ///
    /// - Parameters:
    ///   - path: the directory.
    ///   - seconds: how soon after a failure the disk is tried again; twice as long each time, up to 30
    ///     seconds.
    ///   - tell: is told what happens to the files, on the ledger's own thread.
    /// - Throws: with a sentence that names the path and what to do.
    package init(
        directory path: String,
        retryAfter seconds: Double = 1,
        tell: @escaping @Sendable (StorageEvent) -> Void = { _ in }
    ) throws(LedgerError) {
        store = try LedgerStore(directory: path, retryAfter: seconds, tell: tell)
    }

    /// Reads everything that is kept, and settles what a crash left unsettled.
    package func load() async throws(LedgerError) {
        try await store.load()
        for record in store.memory.withLock(\.connectors).values where record.pending == nil {
            _ = try await settle(record.key)
        }
    }

    /// Writes what waits in memory, if the disk takes it now.
    ///
    /// - Returns: whether everything that was counted is on the disk.
    package func flush() async -> Bool { await store.flush() }

    /// The connectors of an account, in the order of their keys.
    package func connectors(of account: String) -> [ConnectorRecord] {
        store.memory.withLock { memory in
            memory.connectors.values.filter { $0.key.account == account }.sorted { $0.key < $1.key }
        }
    }

    /// One connector, or `nil` where discovery never showed it.
    package func connector(_ key: ConnectorKey) -> ConnectorRecord? {
        store.memory.withLock { $0.connectors[key] }
    }

    /// The durations counted over all connectors of an account.
    package func histograms(of account: String) -> AccountHistograms {
        store.memory.withLock { $0.accounts[account]?.histograms ?? AccountHistograms() }
    }

    /// When the durations of an account began to be counted: the first floor of its first connector, which never moves.
    ///
    /// - Returns: in seconds since the Unix epoch; `nil` before the first poll.
    package func countedSince(of account: String) -> Int? {
        store.memory.withLock { $0.accounts[account]?.countedSince }
    }

    /// Whether the account's histograms may be shown: the history of the connectors that were there first is
    /// in.
    package func isImported(_ account: String) -> Bool {
        store.memory.withLock { $0.accounts[account]?.isImported ?? false }
    }

    /// Ends the account's history import: from now on, only what is news is observed in its histograms.
    package func markImported(_ account: String) async throws(LedgerError) {
        guard let row = store.memory.withLock({ $0.accounts[account]?.row }) else { return }
        try await store.write { db in
            try db.execute(sql: "UPDATE account SET imported = 1 WHERE id = ?", arguments: [row])
        } remember: { memory, _ in
            memory.accounts[account]?.isImported = true
        }
    }
}
