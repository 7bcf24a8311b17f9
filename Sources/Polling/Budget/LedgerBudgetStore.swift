// SPDX-License-Identifier: Apache-2.0

package import EventLedger
package import HTTPTransport

/// A token's budget in the ledger, under a name that does not tell the token.
package struct LedgerBudgetStore: BudgetStore {
    private let ledger: EventLedger
    private let credential: Credential

    package init(ledger: EventLedger, credential: Credential) {
        self.ledger = ledger
        self.credential = credential
    }

    package func load() async throws(LedgerError) -> BudgetRecord? {
        try await ledger.budget(of: try await name())
    }

    package func keep(_ record: BudgetRecord) async throws(LedgerError) {
        try await ledger.saveBudget(record, of: try await name())
    }

    private func name() async throws(LedgerError) -> String {
        TokenIdentity(credential, key: try await ledger.budgetKey()).description
    }
}
