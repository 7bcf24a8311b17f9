// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB

// MARK: - Request budgets

extension EventLedger {
    /// Returns the secret for hashes of tokens: 16 random bytes, which differ from one storage directory to another.
    package func budgetKey() async throws(LedgerError) -> [UInt8] {
        try await store.read { db in
            try Data.fetchOne(db, sql: "SELECT key FROM budget_key").map { Array($0) } ?? []
        }
    }

    /// Returns the stored budget of a token.
    ///
    /// - Parameter token: a keyed hash of the token.
    /// - Returns: the newest record; `nil` before the first.
    /// - Throws: if the database cannot be read, or the record is malformed.
    package func budget(of token: String) async throws(LedgerError) -> BudgetRecord? {
        try await store.read { db in
            try String.fetchOne(db, sql: "SELECT record FROM budget WHERE token = ?", arguments: [token])
                .map { try LedgerRows.decode(BudgetRecord.self, from: $0) }
        }
    }

    /// Stores the budget of a token, in place of the former record.
    ///
    /// - Parameters:
    ///   - record: the requests that were sent, or may be sent before the next record.
    ///   - token: a keyed hash of the token.
    /// - Throws: if the database cannot be written; the former record stays then.
    package func saveBudget(_ record: BudgetRecord, of token: String) async throws(LedgerError) {
        // A reboot resets uptime, so the record needs to survive a crash of the process only.
        try await store.write(durability: .process) { db in
            let statement = try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO budget (token, record) VALUES (?, ?)"
            )
            try statement.execute(arguments: [token, try LedgerRows.json(record)])
        }
    }
}
