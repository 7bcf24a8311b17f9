// SPDX-License-Identifier: Apache-2.0

package import EventLedger
package import HTTPTransport

/// Storage for the budget of one token, which survives the process.
package protocol BudgetStore: Sendable {
    /// Loads the newest record; `nil` before the first save.
    func load() async throws(LedgerError) -> BudgetRecord?

    /// Replaces the record atomically and durably.
    func save(_ record: BudgetRecord) async throws(LedgerError)
}

/// Storage for a token's budget in the ledger, under a name from which the token cannot be derived.
package struct LedgerBudgetStore: BudgetStore {
    /// Returns the keyed hash of a text, for example HMAC-SHA-256; `nil` if the library fails.
    package typealias KeyedHash = @Sendable (_ text: [UInt8], _ key: [UInt8]) -> [UInt8]?

    /// The length of a name, in bytes of the hash.
    ///
    /// 64 bits distinguish the tokens of one ledger, and are too few to find a token of more than 200 bits.
    private static let nameLength = 8

    private let ledger: EventLedger
    private let credential: Credential
    private let keyedHash: KeyedHash

    /// Makes the storage.
    ///
    /// - Parameters:
    ///   - ledger: The ledger. Its key makes the names of two storage directories differ.
    ///   - credential: The token.
    ///   - keyedHash: The hash function for names.
    package init(ledger: EventLedger, credential: Credential, keyedHash: @escaping KeyedHash) {
        self.ledger = ledger
        self.credential = credential
        self.keyedHash = keyedHash
    }

    /// Loads the newest record of the token.
    package func load() async throws(LedgerError) -> BudgetRecord? {
        try await ledger.budget(of: try await name())
    }

    /// Replaces the record of the token.
    package func save(_ record: BudgetRecord) async throws(LedgerError) {
        try await ledger.saveBudget(record, of: try await name())
    }

    private func name() async throws(LedgerError) -> String {
        let key = try await ledger.budgetKey()
        guard let hash = keyedHash(Array(credential.authorization.utf8), key), hash.count >= Self.nameLength
        else { throw LedgerError(.other, "cannot hash the API token: libcrypto failed") }
        return hash.prefix(Self.nameLength).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
