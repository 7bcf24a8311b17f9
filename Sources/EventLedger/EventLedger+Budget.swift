// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB

// MARK: - The request budget across a restart

extension EventLedger {
    /// Makes the tables: one row for each token, and the key that tokens' names are made with.
    static func createBudget(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE budget (
                    token TEXT PRIMARY KEY,
                    record TEXT NOT NULL
                ) WITHOUT ROWID;
                CREATE TABLE budget_key (key BLOB NOT NULL);
                INSERT INTO budget_key (key) VALUES (randomblob(16));
                """
        )
    }

    /// The secret of this storage directory that tokens' names are made with: 16 random bytes.
    package func budgetKey() async throws(LedgerError) -> [UInt8] {
        try await store.read { db in
            try Data.fetchOne(db, sql: "SELECT key FROM budget_key").map { Array($0) } ?? []
        }
    }

    /// What a token had spent when that was last kept.
    ///
    /// - Parameter token: a name that does not tell the token.
    /// - Returns: the newest record; `nil` where none was kept.
    /// - Throws: when the database cannot be read, or holds something else.
    package func budget(of token: String) async throws(LedgerError) -> BudgetRecord? {
        try await store.read { db in
            try String.fetchOne(db, sql: "SELECT record FROM budget WHERE token = ?", arguments: [token])
                .map { try JSONDecoder().decode(BudgetRecord.self, from: Data($0.utf8)) }
        }
    }

    /// Keeps what a token has spent, in place of what was kept before.
    ///
    /// - Parameters:
    ///   - record: what was spent, and what may be before the next record.
    ///   - token: a name that does not tell the token.
    /// - Throws: when the database cannot be written; what was kept before then still is.
    package func saveBudget(_ record: BudgetRecord, of token: String) async throws(LedgerError) {
        let change: @Sendable (Database) throws -> Void = { db in
            let statement = try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO budget (token, record) VALUES (?, ?)"
            )
            try statement.execute(arguments: [token, try Self.json(record)])
        }
        try await store.write(change, again: { [HeldChange(overwriting: "budget \(token)", apply: change)] })
    }
}
