// SPDX-License-Identifier: Apache-2.0

import EventLedger
import Polling
import Synchronization

/// A budget store in memory, whose operations can fail.
final class MemoryBudgetStore: BudgetStore {
    private let records = Mutex<[String: BudgetRecord]>([:])
    private let names = Mutex<Set<String>>(["token"])
    private let isFailing = Mutex(false)
    private let saves = Mutex(0)

    /// The number of successful saves.
    var saveCount: Int { saves.withLock(\.self) }

    /// Makes all later operations fail, or succeed again.
    func setFailing(_ value: Bool) { isFailing.withLock { $0 = value } }

    /// Replaces the names under which records are loaded and saved.
    func use(names new: Set<String>) { names.withLock { $0 = new } }

    func load() async throws(LedgerError) -> Set<BudgetRecord> {
        guard !isFailing.withLock(\.self) else { throw LedgerError(.full, "the disk is full") }
        let names = names.withLock(\.self)
        return records.withLock { records in Set(names.compactMap { records[$0] }) }
    }

    func save(_ new: BudgetRecord) async throws(LedgerError) {
        guard !isFailing.withLock(\.self) else { throw LedgerError(.full, "the disk is full") }
        saves.withLock { $0 += 1 }
        let names = names.withLock(\.self)
        records.withLock { records in for name in names { records[name] = new } }
    }
}
