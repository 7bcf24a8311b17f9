// SPDX-License-Identifier: Apache-2.0

import EventLedger

/// A ledger that a test closes and opens again.
final class RestartingLedger {
    private let path: String
    private var ledger: EventLedger?

    init(path: String) { self.path = path }

    /// Opens the ledger if it is closed.
    func open() async throws -> EventLedger {
        if let ledger { return ledger }
        let opened = try await LedgerFixture.open(path)
        ledger = opened
        return opened
    }

    func close() { ledger = nil }
}
