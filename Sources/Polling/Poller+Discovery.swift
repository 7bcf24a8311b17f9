// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import EventLedger
import Logging

// MARK: - Discovery

extension Poller {
    /// Lists the connectors of an account and updates the schedule.
    func discover(_ account: String) async {
        guard let progress = accounts[account] else { return }
        var failure: PollFailure?
        do throws(PollFailure) {
            try await record(try await list(progress.settings), of: progress.settings)
        } catch {
            failure = error
        }
        let now = context.clock.uptime()
        accounts[account]?.finishDiscovery(failure: failure, interval: settings.discoveryInterval, at: now)
        if let failure {
            guard !failure.isCancellation else { return }
            failureLog.recordFailure(of: .discovery, account: account, subject: account, failure, at: now)
            context.statistics.countFailure(failure)
        } else {
            failureLog.recordSuccess(of: .discovery, account: account, subject: account)
            // The token works, which may have caused the persistent failures of polls.
            schedule.resetBackoff(account: account, at: now)
        }
        await adaptInterval()
        publishAccount(account)
        updateReadiness()
        await endImportIfDone(of: account)
        wakeSignal.signal()
    }

    private func list(_ account: AccountSettings) async throws(PollFailure) -> ConnectorList {
        let client = client(of: account)
        return try await client.call(.connectors, .discovery) { (credential) async throws(APIError) in
            try await client.api.connectors(account: account.account, credential: credential)
        }
    }

    private func record(_ list: ConnectorList, of account: AccountSettings) async throws(PollFailure) {
        let listed = Dictionary(list.connectors.map { ($0.id, Connector($0)) }) { first, _ in first }
        let gone: [ConnectorKey]
        do throws(LedgerError) {
            // Connectors that another shard polls are not changed.
            gone = try await context.ledger.recordDiscovery(
                of: account.account,
                showing: listed,
                among: account.selects
            )
        } catch {
            throw PollFailure(error)
        }
        for key in gone {
            remove(key)
            context.logger.info(
                "connector is gone",
                metadata: [
                    "event": "connector_gone", "account.id": "\(key.account)",
                    "connector.id": "\(key.connector)",
                ]
            )
        }
        let count = schedule.count
        let now = context.clock.uptime()
        for record in context.ledger.connectors(of: account.account)
        where record.isPresent && account.selects(record.key.connector) {
            addToSchedule(record, at: now)
            publish(record)
        }
        if schedule.count != count || accounts[account.account]?.discoverySucceeded != true {
            context.logger.info(
                "connectors discovered",
                metadata: [
                    "event": "connectors_discovered", "account.id": "\(account.account)",
                    "connectors": "\(list.connectors.count)",
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
            lastHeartbeat: listed.lastHeartbeat.map(Timestamp.init)
        )
    }
}
