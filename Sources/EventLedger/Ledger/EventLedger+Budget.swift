// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB

// MARK: - Request budgets

extension EventLedger {
    /// Returns the secret for hashes of tokens and accounts: 16 random bytes, which differ from one storage directory to another.
    package func budgetKey() async throws(LedgerError) -> [UInt8] {
        try await store.read { db in
            try Data.fetchOne(db, sql: "SELECT key FROM budget_key").map { Array($0) } ?? []
        }
    }

    /// Returns the stored budgets of a token and of its accounts.
    ///
    /// - Parameter names: keyed hashes of the token and the accounts.
    /// - Returns: the newest record of each name. Records that were saved together are equal, and therefore one record.
    /// - Throws: if the database cannot be read, or a record is malformed.
    package func budgets(of names: [String]) async throws(LedgerError) -> Set<BudgetRecord> {
        try await store.read { db in
            let statement = try db.cachedStatement(sql: "SELECT record FROM budget WHERE token = ?")
            return try names.reduce(into: []) { records, name in
                guard let text = try String.fetchOne(statement, arguments: [name]) else { return }
                records.insert(try LedgerRows.decode(BudgetRecord.self, from: text))
            }
        }
    }

    /// Stores the budget of a token and of its accounts, in place of the former records.
    ///
    /// - Parameters:
    ///   - record: the requests that were sent, or may be sent before the next record.
    ///   - names: keyed hashes of the token and the accounts.
    /// - Throws: if the database cannot be written; the former records stay then.
    package func saveBudget(_ record: BudgetRecord, of names: [String]) async throws(LedgerError) {
        // A reboot resets uptime, so the record needs to survive a crash of the process only.
        try await store.write(durability: .process) { db in
            let statement = try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO budget (token, record) VALUES (?, ?)"
            )
            let text = try LedgerRows.json(record)
            for name in names { try statement.execute(arguments: [name, text]) }
        }
    }
}
