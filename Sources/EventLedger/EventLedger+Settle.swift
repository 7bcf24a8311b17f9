// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB
import Synchronization

extension EventLedger {
    /// Brings a connector's state up to what has arrived, and moves its watermark if the poll was complete.
    ///
    /// Events that all follow the state are applied to it; anything else folds the state again from the
    /// ledger, so that the order of arrival never shows. What an event means is counted in the same
    /// transaction, once for each event.
    ///
    /// - Parameters:
    ///   - key: the connector.
    ///   - completion: `nil` after a poll that failed: what it brought is settled, the watermark stays.
    /// - Returns: the connector as it is now, or `nil` where it is not known.
    /// - Throws: when the ledger can neither be written nor hold it in memory; nothing is settled then.
    package func settle(
        _ key: ConnectorKey,
        completing completion: CompletedWindow? = nil
    ) async throws(LedgerError) -> ConnectorRecord? {
        let (record, account) = store.memory.withLock { ($0.connectors[key], $0.accounts[key.account]) }
        guard let record, let account else { return nil }
        guard completion != nil || record.pending?.isEmpty != true else { return record }
        let observes = !account.isImported || record.hasAllPayloads
        _ = try await store.write { db in
            var settlement = Settlement(of: record, counting: observes ? account.row : nil)
            try settlement.fold(in: db)
            settlement.complete(with: completion)
            try settlement.write(to: db)
            return settlement
        } again: { settlement in
            settlement.changes
        } remember: { memory, settlement in
            if observes { memory.accounts[key.account]?.histograms.add(settlement.histograms) }
            memory.connectors[key]?.take(settlement)
        }
        return connector(key)
    }
}

extension ConnectorRecord {
    /// Takes over what a settlement changed; discovery may have changed the rest meanwhile.
    fileprivate mutating func take(_ settlement: Settlement) {
        state = settlement.record.state
        uncleanRestarts = settlement.record.uncleanRestarts
        watermark = settlement.record.watermark
        rescannedAt = settlement.record.rescannedAt
        lastSuccess = settlement.record.lastSuccess
        hasAllPayloads = settlement.record.hasAllPayloads
        pending = [:]
    }
}
