// SPDX-License-Identifier: Apache-2.0

package import EventLedger
package import HTTPTransport

/// Storage for the budget of one token, which survives the process.
package protocol BudgetStore: Sendable {
    /// Loads the newest records: that of the token, and those of its accounts if another token saved them.
    func load() async throws(LedgerError) -> Set<BudgetRecord>

    /// Replaces the records of the token and of its accounts atomically and durably.
    func save(_ record: BudgetRecord) async throws(LedgerError)
}

/// Storage for a token's budget in the ledger, under names from which the token cannot be derived.
///
/// Cloudflare counts the requests of the token's owner. So the record is saved for each account too, and a new token of
/// the account continues with the requests of the former one.
package struct LedgerBudgetStore: BudgetStore {
    /// Returns the keyed hash of a text, for example HMAC-SHA-256; `nil` if the library fails.
    package typealias KeyedHash = @Sendable (_ text: [UInt8], _ key: [UInt8]) -> [UInt8]?

    /// The length of a name, in bytes of the hash.
    ///
    /// 64 bits distinguish the tokens of one ledger, and are too few to find a token of more than 200 bits.
    private static let nameLength = 8

    private let ledger: EventLedger
    private let credential: Credential
    private let accounts: [String]
    private let keyedHash: KeyedHash

    /// Makes the storage.
    ///
    /// - Parameters:
    ///   - ledger: The ledger. Its key makes the names of two storage directories differ.
    ///   - credential: The token.
    ///   - accounts: The ids of the accounts that are polled with the token.
    ///   - keyedHash: The hash function for names.
    package init(
        ledger: EventLedger,
        credential: Credential,
        accounts: [String],
        keyedHash: @escaping KeyedHash
    ) {
        self.ledger = ledger
        self.credential = credential
        self.accounts = accounts
        self.keyedHash = keyedHash
    }

    /// Loads the newest records of the token and its accounts.
    package func load() async throws(LedgerError) -> Set<BudgetRecord> {
        try await ledger.budgets(of: try await names())
    }

    /// Replaces the records of the token and its accounts.
    package func save(_ record: BudgetRecord) async throws(LedgerError) {
        try await ledger.saveBudget(record, of: try await names())
    }

    private func names() async throws(LedgerError) -> [String] {
        let key = try await ledger.budgetKey()
        var names: [String] = []
        for text in [credential.authorization] + accounts.map({ "account \($0)" }) {
            guard let hash = keyedHash(Array(text.utf8), key), hash.count >= Self.nameLength
            else { throw LedgerError(.other, "cannot hash the API token: libcrypto failed") }
            names.append(
                hash.prefix(Self.nameLength).map { byte in
                    String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
                }.joined()
            )
        }
        return names
    }
}
