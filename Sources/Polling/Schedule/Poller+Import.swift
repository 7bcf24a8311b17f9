// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Logging

// MARK: - The first import of history

extension Poller {
    /// Seconds between two lines about the progress of an import.
    private static let progressSeconds = 2.0

    /// Counts what a poll added to the import, and says now and then how far it is.
    func noteImport(of key: ConnectorKey, _ result: ConnectorPoll.Result) {
        guard !context.ledger.isImported(key.account) else { return }
        accounts[key.account]?.importedEvents += result.outcome.new
        let now = context.clock.uptime()
        guard let progress = accounts[key.account] else { return }
        let isListed = !progress.hasLoggedListing && progress.hasAttemptedAll
        guard isListed || now - progress.importLoggedAt >= Self.progressSeconds else { return }
        accounts[key.account]?.hasLoggedListing = progress.hasLoggedListing || isListed
        accounts[key.account]?.importLoggedAt = now
        logImport(of: key.account, "history import")
    }

    /// Ends an account's import once every connector has its history, payloads included, or cannot have it
    /// now.
    func endImportIfDone(of account: String) async {
        guard accounts[account]?.isImportDone == true, !context.ledger.isImported(account) else { return }
        // A ledger that cannot be written now is asked again after the next poll.
        guard (try? await context.ledger.markImported(account)) != nil else { return }
        logImport(of: account, "history import complete")
        showAccount(account)
    }

    private func logImport(of account: String, _ message: String) {
        let records = schedule.keys.filter { $0.account == account }.compactMap(context.ledger.connector)
        context.logger.info(
            "\(message)",
            metadata: [
                "account.id": "\(account)",
                "connectors": "\(records.count { $0.watermark != nil })/\(records.count)",
                "events": "\(accounts[account]?.importedEvents ?? 0)",
                "payloads_missing": "\(records.reduce(0) { $0 + $1.wantedPayloads })",
            ]
        )
    }
}
