// SPDX-License-Identifier: Apache-2.0

package import EventLedger

/// Where one token's budget outlives the process.
package protocol BudgetStore: Sendable {
    /// Reads what was kept last; `nil` where nothing was.
    func load() async throws(LedgerError) -> BudgetRecord?

    /// Keeps a record in place of the last one, all or nothing; once it returns, a kill cannot undo it, unless the disk
    /// takes nothing and the store goes on in memory.
    func keep(_ record: BudgetRecord) async throws(LedgerError)
}
