// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import EventLedger
import Logging

// MARK: - Discovery

extension Poller {
    /// Asks which connectors an account has, once.
    func discover(_ account: String) async {
        guard let progress = accounts[account] else { return }
        var failure: PollFailure?
        do throws(PollFailure) {
            try await keep(try await list(progress.settings), of: progress.settings)
        } catch {
            failure = error
        }
        let now = context.clock.uptime()
        accounts[account]?.endDiscovery(failure: failure, interval: settings.discoveryInterval, at: now)
        if let failure {
            guard !failure.isCancellation else { return }
            failureLog.failed("discovery", account: account, subject: account, failure, at: now)
            context.statistics.countFailure(failure)
        } else {
            failureLog.succeeded("discovery", account: account, subject: account)
            // The account answers: what failed for a lasting reason may have been the token's fault.
            schedule.forgive(account: account, at: now)
        }
        await fitInterval()
        showAccount(account)
        becomeReadyIfRoundIsOver()
        await endImportIfDone(of: account)
        ringBell()
    }

    private func list(_ account: AccountSettings) async throws(PollFailure) -> ConnectorList {
        let client = client(of: account)
        return try await client.call(.connectors, .discovery) { (credential) async throws(APIError) in
            try await client.api.connectors(account: account.account, credential: credential)
        }
    }

    private func keep(_ list: ConnectorList, of account: AccountSettings) async throws(PollFailure) {
        let shown = Dictionary(list.connectors.map { ($0.id, Connector($0)) }) { first, _ in first }
        let gone: [ConnectorKey]
        do throws(LedgerError) {
            // The rows of connectors that others poll are not this one's to change.
            gone = try await context.ledger.recordDiscovery(
                of: account.account,
                showing: shown,
                among: account.selects
            )
        } catch {
            throw PollFailure(error)
        }
        for key in gone {
            forget(key)
            context.logger.info(
                "connector is gone",
                metadata: ["account.id": "\(key.account)", "connector.id": "\(key.connector)"]
            )
        }
        let known = schedule.count
        let now = context.clock.uptime()
        for record in context.ledger.connectors(of: account.account)
        where record.isPresent && account.selects(record.key.connector) {
            addToSchedule(record, at: now)
            show(record)
        }
        if schedule.count != known || accounts[account.account]?.discoverySucceeded != true {
            context.logger.info(
                "connectors discovered",
                metadata: [
                    "account.id": "\(account.account)", "connectors": "\(list.connectors.count)",
                    "polled": "\(schedule.count(of: account.account))",
                ]
            )
        }
    }
}

extension Connector {
    fileprivate init(_ listed: ListedConnector) {
        self.init(
            deviceID: listed.deviceID,
            serialNumber: listed.serialNumber,
            deviceType: listed.deviceType,
            siteID: listed.siteID,
            version: listed.lastSeenVersion,
            isActivated: listed.activated,
            isPrimary: listed.primary,
            lastHeartbeat: listed.lastHeartbeat
        )
    }
}

extension ConnectorRecord {
    /// Whether something is under way there that should soon end.
    var hasOpenWork: Bool {
        Operation.allCases.contains { state[$0].openSince != nil }
            || state.rekeys.values.contains { $0.phase.isTransitional }
    }
}
