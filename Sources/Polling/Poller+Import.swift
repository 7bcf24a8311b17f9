// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import LinuxSystem
import Logging

// MARK: - History import

extension Poller {
    /// Minimum time between two log lines about the progress of an import, in seconds.
    private static let progressSeconds = 30.0

    /// Counts the events of a poll as imported, and logs the progress.
    func recordImport(of key: ConnectorKey, _ result: ConnectorPoll.Result) {
        guard !context.ledger.isImported(key.account) else { return }
        accounts[key.account]?.importedEvents += result.outcome.new
        let now = context.clock.uptime()
        guard let progress = accounts[key.account] else { return }
        let endsFirstRound = !progress.hasLoggedFirstRound && progress.hasAttemptedAll
        let isDue = progress.importLoggedAt.map { now - $0 >= Self.progressSeconds } ?? true
        guard endsFirstRound || isDue else { return }
        accounts[key.account]?.hasLoggedFirstRound = progress.hasLoggedFirstRound || endsFirstRound
        accounts[key.account]?.importLoggedAt = now
        logImport(of: key.account, "history import", event: "history_import")
    }

    /// Ends an account's import if the history of every connector is complete or failed.
    func endImportIfDone(of account: String) async {
        guard accounts[account]?.isImportDone == true, !context.ledger.isImported(account) else { return }
        // If the ledger cannot be written, the next poll tries again.
        guard (try? await context.ledger.markImported(account)) != nil else { return }
        logImport(of: account, "history import complete", event: "history_import_complete")
        publishAccount(account)
    }

    private func logImport(of account: String, _ message: Logger.Message, event: String) {
        let records = schedule.keys.filter { $0.account == account }.compactMap(context.ledger.connector)
        context.logger.info(
            message,
            metadata: [
                "event": "\(event)", "account.id": "\(account)",
                "connectors": "\(records.count { $0.watermark != nil })/\(records.count)",
                "events": "\(accounts[account]?.importedEvents ?? 0)",
                "payloads_missing": "\(records.reduce(0) { $0 + $1.wantedPayloads })",
            ]
        )
    }
}
