// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB
import Synchronization

/// The exact, crash-safe record of all events.
///
/// One transaction inserts the new events of a page and raises their counts. Everything that this type returns has been
/// committed, so neither a crash nor a power failure can take a count back.
///
/// If a transaction fails, for example because the disk is full, the method throws and nothing changes. The poll fails,
/// its watermark stays, and the next poll after the repair reads the missed events from there.
///
/// At most one poll per connector may use the ledger at a time. Polls of different connectors may run concurrently.
package final class EventLedger: Sendable {
    let store: LedgerStore

    /// Opens the ledger in a directory, which it creates if it is missing.
    ///
    /// Blocks on the disk.
    ///
    /// A damaged database is renamed and replaced by an empty one, into which polls import history again.
    ///
    /// - Parameters:
    ///   - path: the directory.
    ///   - onEvent: receives failures and recoveries, on the thread of the database. It must not block.
    /// - Throws: an error that names the path and the remedy.
    package init(
        directory path: String,
        onEvent: @escaping @Sendable (StorageEvent) -> Void = { _ in }
    ) throws(LedgerError) {
        store = try LedgerStore(directory: path, onEvent: onEvent)
    }

    /// Applies the events that a crash left between two transactions of a poll.
    ///
    /// - Parameter forgetTunnelsAfter: the seconds without a rekey event after which a tunnel is forgotten.
    /// - Throws: if the database cannot be read or written.
    package func recover(forgettingTunnelsAfter forgetTunnelsAfter: Int) async throws(LedgerError) {
        for record in store.cache.withLock(\.connectors).values where record.pending == nil {
            _ = try await updateState(of: record.key, forgettingTunnelsAfter: forgetTunnelsAfter)
        }
    }

    /// The bytes that the ledger uses on the disk.
    ///
    /// Reads the sizes of a few files.
    package var size: Int { store.size }

    /// Returns the connectors of an account, sorted by key.
    package func connectors(of account: String) -> [ConnectorRecord] {
        store.cache.withLock { cache in
            cache.connectors.values.filter { $0.key.account == account }.sorted { $0.key < $1.key }
        }
    }

    /// Returns a connector; `nil` if discovery never listed it.
    package func connector(_ key: ConnectorKey) -> ConnectorRecord? {
        store.cache.withLock { $0.connectors[key] }
    }

    /// Returns the histograms over all connectors of an account.
    package func histograms(of account: String) -> AccountHistograms {
        store.cache.withLock { $0.accounts[account]?.histograms ?? AccountHistograms() }
    }

    /// Returns the time at which the histograms of an account were empty: the first scope start of its first connector.
    ///
    /// - Returns: the time; `nil` before the first poll.
    package func countedSince(of account: String) -> Timestamp? {
        store.cache.withLock { $0.accounts[account]?.countedSince }
    }

    /// Whether the first import of an account is complete, so that its histograms may be exposed.
    package func isImported(_ account: String) -> Bool {
        store.cache.withLock { $0.accounts[account]?.isImported ?? false }
    }

    /// Ends the first import of an account.
    ///
    /// From now on its histograms observe new events only, not history.
    package func markImported(_ account: String) async throws(LedgerError) {
        guard let row = store.cache.withLock({ $0.accounts[account]?.row }) else { return }
        try await store.write { db in
            try db.execute(sql: "UPDATE account SET imported = 1 WHERE id = ?", arguments: [row])
        } onCommit: { cache, _ in
            cache.accounts[account]?.isImported = true
        }
    }
}
