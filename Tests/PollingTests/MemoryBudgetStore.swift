// SPDX-License-Identifier: Apache-2.0

import EventLedger
import Polling
import Synchronization

/// A budget store in memory, whose operations can fail.
final class MemoryBudgetStore: BudgetStore {
    private let record = Mutex<BudgetRecord?>(nil)
    private let isFailing = Mutex(false)
    private let saves = Mutex(0)

    /// The number of successful saves.
    var saveCount: Int { saves.withLock(\.self) }

    /// Makes all later operations fail, or succeed again.
    func setFailing(_ value: Bool) { isFailing.withLock { $0 = value } }

    func load() async throws(LedgerError) -> BudgetRecord? {
        guard !isFailing.withLock(\.self) else { throw LedgerError(.full, "the disk is full") }
        return record.withLock(\.self)
    }

    func save(_ new: BudgetRecord) async throws(LedgerError) {
        guard !isFailing.withLock(\.self) else { throw LedgerError(.full, "the disk is full") }
        saves.withLock { $0 += 1 }
        record.withLock { $0 = new }
    }
}
