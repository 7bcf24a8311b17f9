// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import FoundationEssentials
import GRDB
import Synchronization

extension EventLedger {
    /// Successful discoveries in a row that must miss a connector before it is gone.
    package static let absences = 5

    /// Keeps what a successful discovery showed.
    ///
    /// A connector is gone only after it was missing several times in a row; its counts stay, and go on if it
    /// returns.
    ///
    /// - Parameters:
    ///   - account: the account's id.
    ///   - shown: all connectors of the account, by their ids.
    ///   - isOurs: which of them are of interest; others are neither added nor changed.
    /// - Returns: the connectors that are gone with this discovery.
    /// - Throws: when the database cannot be written; nothing is kept then.
    package func recordDiscovery(
        of account: String,
        showing shown: [String: Connector],
        among isOurs: (String) -> Bool = { _ in true }
    ) async throws(LedgerError) -> [ConnectorKey] {
        let shown = shown.filter { isOurs($0.key) }
        let known = connectors(of: account).filter { isOurs($0.key.connector) }
        let updates = known.map { record in
            var record = record
            if let inventory = shown[record.key.connector] {
                record.inventory = inventory
                record.missing = 0
                record.isPresent = true
            } else {
                record.missing = min(record.missing + 1, Self.absences)
                if record.missing == Self.absences { record.isPresent = false }
            }
            return record
        }
        let knownIDs = Set(known.map(\.key.connector))
        let appeared = shown.filter { !knownIDs.contains($0.key) }
        let isKnown = store.memory.withLock { $0.accounts[account] != nil }
        let keeping = HeldChange(overwriting: "discovery of \(account)", weight: 1 + updates.count) { db in
            for update in updates { try Self.update(update, in: db) }
        }
        _ = try await store.write { db in
            try keeping.apply(db)
            return try Self.insert(appeared, account: account, in: db)
        } again: { _ in
            // Rows get the same numbers again, as all is made again in the same order.
            let adding = HeldChange(weight: 1 + appeared.count) { db in
                _ = try Self.insert(appeared, account: account, in: db)
            }
            return appeared.isEmpty && isKnown ? [keeping] : [keeping, adding]
        } remember: { memory, added in
            memory.accounts[account] = memory.accounts[account] ?? LedgerCache.Account(row: added.account)
            for update in updates {
                memory.connectors[update.key]?.inventory = update.inventory
                memory.connectors[update.key]?.missing = update.missing
                memory.connectors[update.key]?.isPresent = update.isPresent
            }
            for record in added.connectors { memory.connectors[record.key] = record }
        }
        let wasPresent = Set(known.filter(\.isPresent).map(\.key))
        return updates.filter { !$0.isPresent && wasPresent.contains($0.key) }.map(\.key)
    }

    private static func update(_ record: ConnectorRecord, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "UPDATE connector SET facts = ?, missing = ?, present = ? WHERE id = ?"
        )
        try statement.execute(
            arguments: [try json(record.inventory), record.missing, record.isPresent, record.row]
        )
    }

    private static func insert(
        _ appeared: [String: Connector],
        account: String,
        in db: Database
    ) throws -> (account: Int64, connectors: [ConnectorRecord]) {
        try db.execute(
            sql: "INSERT INTO account (name) VALUES (?) ON CONFLICT DO NOTHING",
            arguments: [account]
        )
        let accountRow =
            try Int64.fetchOne(db, sql: "SELECT id FROM account WHERE name = ?", arguments: [account]) ?? 0
        let records = try appeared.sorted { $0.key < $1.key }.map { id, inventory in
            try db.execute(
                sql: "INSERT INTO connector (account, name, facts) VALUES (?, ?, ?)",
                arguments: [accountRow, id, try json(inventory)]
            )
            let key = ConnectorKey(account: account, connector: id)
            return ConnectorRecord(key: key, row: db.lastInsertedRowID, inventory: inventory)
        }
        return (accountRow, records)
    }

    /// A value as JSON with its keys in order, so that the same value is the same text.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
