// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger

// MARK: - Views

extension Poller {
    func publish(_ record: ConnectorRecord) {
        context.observer.connectorChanged(
            ConnectorView(record: record, pollSucceeded: pollSucceeded[record.key])
        )
    }

    func publishAccount(_ account: String) {
        guard let progress = accounts[account] else { return }
        let isImported = context.ledger.isImported(account)
        context.observer.accountChanged(
            AccountView(
                account: account,
                discoverySucceeded: progress.discoverySucceeded,
                discoveredAt: progress.discoveredAt,
                connectors: schedule.count(of: account),
                missing: progress.missing,
                configuredPollInterval: settings.interval,
                discoveryInterval: settings.discoveryInterval,
                pollInterval: schedule.interval,
                histograms: isImported ? context.ledger.histograms(of: account) : nil,
                countedSince: context.ledger.countedSince(of: account),
                tokenExpiry: progress.tokenExpiry.time,
                snapshotInterval: snapshots.isEnabled ? snapshots.interval : nil,
                snapshotCounters: progress.snapshotCounters
            )
        )
    }

    /// Reports readiness if every account was discovered and every connector was polled, now or by an earlier process.
    func updateReadiness() {
        guard !context.status.isReady else { return }
        if accounts.allSatisfy({ $1.isReady(with: schedule.count(of: $0)) }) { context.status.becomeReady() }
    }
}
