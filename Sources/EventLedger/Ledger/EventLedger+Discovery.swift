// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB
import Synchronization

extension EventLedger {
    /// The number of consecutive discoveries without a connector after which it is removed.
    package static let absencesBeforeRemoval = 10

    /// Stores the result of a successful discovery.
    ///
    /// A connector is removed only after several discoveries without it. Its counts stay, and continue if it returns.
    ///
    /// - Parameters:
    ///   - account: the account's id.
    ///   - listed: all connectors of the account, by id.
    ///   - isSelected: returns whether the exporter polls a connector; others are neither added nor changed.
    /// - Returns: the connectors that this discovery removed.
    /// - Throws: if the database cannot be written; nothing is stored then.
    package func recordDiscovery(
        of account: String,
        showing listed: [String: Connector],
        among isSelected: (String) -> Bool = { _ in true }
    ) async throws(LedgerError) -> [ConnectorKey] {
        let listed = listed.filter { isSelected($0.key) }
        let known = connectors(of: account).filter { isSelected($0.key.connector) }
        let updates = known.map { record in
            var record = record
            if let inventory = listed[record.key.connector] {
                record.inventory = inventory
                record.missing = 0
                record.isPresent = true
            } else {
                record.missing = min(record.missing + 1, Self.absencesBeforeRemoval)
                if record.missing == Self.absencesBeforeRemoval { record.isPresent = false }
            }
            return record
        }
        let knownIDs = Set(known.map(\.key.connector))
        let added = listed.filter { !knownIDs.contains($0.key) }
        // A lost discovery repeats itself, so it needs to survive a crash of the process only.
        _ = try await store.write(durability: .process) { db in
            for update in updates { try Self.update(update, in: db) }
            return try Self.insert(added, account: account, in: db)
        } onCommit: { cache, added in
            cache.accounts[account] = cache.accounts[account] ?? LedgerCache.Account(row: added.account)
            for update in updates {
                cache.connectors[update.key]?.inventory = update.inventory
                cache.connectors[update.key]?.missing = update.missing
                cache.connectors[update.key]?.isPresent = update.isPresent
            }
            for record in added.connectors { cache.connectors[record.key] = record }
        }
        let wasPresent = Set(known.filter(\.isPresent).map(\.key))
        return updates.filter { !$0.isPresent && wasPresent.contains($0.key) }.map(\.key)
    }

    private static func update(_ record: ConnectorRecord, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "UPDATE connector SET facts = ?, missing = ?, present = ? WHERE id = ?"
        )
        try statement.execute(
            arguments: [try LedgerRows.json(record.inventory), record.missing, record.isPresent, record.row]
        )
    }

    private static func insert(
        _ added: [String: Connector],
        account: String,
        in db: Database
    ) throws -> (account: Int64, connectors: [ConnectorRecord]) {
        try db.execute(
            sql: "INSERT INTO account (name) VALUES (?) ON CONFLICT DO NOTHING",
            arguments: [account]
        )
        let accountRow =
            try Int64.fetchOne(db, sql: "SELECT id FROM account WHERE name = ?", arguments: [account]) ?? 0
        let records = try added.sorted { $0.key < $1.key }.map { id, inventory in
            try db.execute(
                sql: "INSERT INTO connector (account, name, facts) VALUES (?, ?, ?)",
                arguments: [accountRow, id, try LedgerRows.json(inventory)]
            )
            let key = ConnectorKey(account: account, connector: id)
            return ConnectorRecord(key: key, row: db.lastInsertedRowID, inventory: inventory)
        }
        return (accountRow, records)
    }
}
