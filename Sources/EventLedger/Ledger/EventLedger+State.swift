// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB
import Synchronization

extension EventLedger {
    /// Updates a connector's state with the events that have arrived, and moves its watermark if the poll was complete.
    ///
    /// Each event is observed in the histograms once, in the same transaction.
    ///
    /// - Parameters:
    ///   - key: the connector.
    ///   - window: the window of the poll; `nil` if the poll failed, so that the watermark stays.
    ///   - forgetTunnelsAfter: the seconds without a rekey event after which a tunnel is forgotten.
    /// - Returns: the updated connector; `nil` if it is unknown.
    /// - Throws: if the database cannot be written; nothing is updated then.
    package func updateState(
        of key: ConnectorKey,
        completing window: CompletedWindow? = nil,
        forgettingTunnelsAfter forgetTunnelsAfter: Int
    ) async throws(LedgerError) -> ConnectorRecord? {
        guard let record = connector(key) else { return nil }
        let hasPending = record.pending?.isEmpty != true
        guard window != nil || hasPending else { return record }
        // A lost watermark only makes the next poll read more; counts must not get lost.
        _ = try await store.write(durability: hasPending ? .full : .process) { [store] db in
            let update: StateUpdate? = store.cache.withLock { cache in
                guard let record = cache.connectors[key], let account = cache.accounts[key.account]
                else { return nil }
                let isObserved = !account.isImported || record.hasAllPayloads
                return StateUpdate(
                    of: record,
                    observing: isObserved ? account.row : nil,
                    forgettingTunnelsAfter: forgetTunnelsAfter
                )
            }
            guard var update else { return nil }
            try update.applyPending(in: db)
            update.complete(window)
            try update.write(to: db)
            return update
        } onCommit: { (cache, update: StateUpdate?) in
            guard let update else { return }
            if update.isObserved { cache.accounts[key.account]?.histograms.add(update.histograms) }
            cache.connectors[key]?.apply(update)
        }
        return connector(key)
    }
}
