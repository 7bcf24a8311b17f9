// SPDX-License-Identifier: Apache-2.0

import EventLedger

/// A ledger that a test closes and opens again; the lock is the old one's for as long as somebody holds it.
final class RestartingLedger {
    private let path: String
    private var ledger: EventLedger?

    init(path: String) { self.path = path }

    /// Opens the ledger if it is closed.
    ///
    /// A process that another test starts holds this process's locks too, from its fork to its exec; so a
    /// lock that is held is asked for again until it is free, for as long as the suite's time limit allows.
    func open() async throws -> EventLedger {
        if let ledger { return ledger }
        while true {
            do {
                let opened = try await LedgerFixture.open(path)
                ledger = opened
                return opened
            } catch let error as LedgerError where error.reason == .inUse {
                await Task.yield()
            }
        }
    }

    func close() { ledger = nil }
}
