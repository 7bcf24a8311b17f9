// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB
import Synchronization

extension EventLedger {
    /// Sets the start of a connector's scope, unless an earlier poll has set it.
    ///
    /// The scope is stored before the first event, so that an interrupted import continues with the same scope.
    ///
    /// - Returns: the scope start in force.
    /// - Throws: if the database cannot be written; the scope is not set then.
    package func setScopeStart(of key: ConnectorKey, from start: Timestamp) async throws(LedgerError)
        -> Timestamp
    {
        guard let record = connector(key) else { return start }
        if let start = record.scopeStart { return start }
        try await store.write { db in
            try db.execute(
                sql: "UPDATE connector SET floor = ?, counted_since = ?, kept_since = ? WHERE id = ?",
                arguments: [start, start, start, record.row]
            )
            try db.execute(
                sql: """
                    UPDATE account SET counted_since = ?
                    WHERE counted_since IS NULL AND id = (SELECT account FROM connector WHERE id = ?)
                    """,
                arguments: [start, record.row]
            )
        } onCommit: { cache, _ in
            cache.connectors[key]?.scopeStart = start
            cache.connectors[key]?.countedSince = start
            cache.connectors[key]?.keptSince = start
            if cache.accounts[key.account]?.countedSince == nil {
                cache.accounts[key.account]?.countedSince = start
            }
        }
        return start
    }

    /// Counts the new events of a page.
    ///
    /// - Parameters:
    ///   - page: events in any order, with any repetition.
    ///   - key: the connector; nothing is counted if it is unknown.
    ///   - isLatest: whether the page is the response of `latest`, which may show old events again.
    /// - Returns: the numbers of new, duplicate, late and out-of-scope events.
    /// - Throws: if the database cannot be written; nothing is counted then.
    package func ingest(
        _ page: [IncomingEvent],
        of key: ConnectorKey,
        isLatest: Bool = false
    ) async throws(LedgerError) -> InsertOutcome {
        guard connector(key) != nil, !page.isEmpty else { return InsertOutcome() }
        let inserted: PageInsertion? = try await store.write { [store] db in
            let insertion: PageInsertion? = store.cache.withLock { cache in
                guard let record = cache.connectors[key], let account = cache.accounts[key.account]
                else { return nil }
                let isObserved = !account.isImported || record.watermark != nil
                return PageInsertion(into: record, observing: isObserved ? account.row : nil, cache: cache)
            }
            guard var insertion else { return nil }
            for event in page { try insertion.insert(event, in: db) }
            try insertion.finish(in: db)
            return insertion
        } onCommit: { cache, inserted in
            guard let inserted else { return }
            cache.apply(inserted, to: key)
        }
        guard let inserted else { return InsertOutcome() }
        var outcome = inserted.outcome
        outcome.outOfScope = store.cache.withLock { cache in
            cache.connectors[key]?.lostEvents.countLost(
                among: inserted.beforeScope,
                shown: page.lazy.map(\.id),
                isLatest: isLatest
            ) ?? 0
        }
        return outcome
    }
}

extension LedgerCache {
    /// Applies a committed page.
    fileprivate mutating func apply(_ page: PageInsertion, to key: ConnectorKey) {
        kindRegistry = page.kindRegistry
        kindRows = page.kindRows
        nextPosition = page.nextPosition
        if page.observesDelays { accounts[key.account]?.histograms[.deliveryDelay].add(page.delays) }
        connectors[key]?.apply(page)
    }
}
