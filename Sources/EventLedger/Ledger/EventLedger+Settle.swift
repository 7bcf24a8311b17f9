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
    /// - Returns: the updated connector; `nil` if it is unknown.
    /// - Throws: if the database cannot be written; nothing is updated then.
    package func settle(
        _ key: ConnectorKey,
        completing window: CompletedWindow? = nil
    ) async throws(LedgerError) -> ConnectorRecord? {
        guard let record = connector(key) else { return nil }
        let hasPending = record.pending?.isEmpty != true
        guard window != nil || hasPending else { return record }
        // A lost watermark only makes the next poll read more; counts must not get lost.
        _ = try await store.write(durability: hasPending ? .full : .process) { [store] db in
            let settlement: Settlement? = store.cache.withLock { cache in
                guard let record = cache.connectors[key], let account = cache.accounts[key.account]
                else { return nil }
                let isObserved = !account.isImported || record.hasAllPayloads
                return Settlement(of: record, observing: isObserved ? account.row : nil)
            }
            guard var settlement else { return nil }
            try settlement.fold(in: db)
            settlement.complete(window)
            try settlement.write(to: db)
            return settlement
        } onCommit: { (cache, settlement: Settlement?) in
            guard let settlement else { return }
            if settlement.isObserved { cache.accounts[key.account]?.histograms.add(settlement.histograms) }
            cache.connectors[key]?.apply(settlement)
        }
        return connector(key)
    }
}
