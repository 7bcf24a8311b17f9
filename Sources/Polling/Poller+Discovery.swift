// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import EventLedger
import Logging

// MARK: - Discovery

extension Poller {
    /// Lists the connectors of an account and updates the schedule.
    func discover(_ account: String) async {
        await applyForgetRequests(of: account)
        guard let progress = accounts[account] else { return }
        var failure: PollFailure?
        do throws(PollFailure) {
            let list = try await list(progress.settings)
            await updateSites(of: progress.settings, for: list)
            try await record(list, of: progress.settings)
        } catch {
            failure = error
        }
        let now = context.clock.uptime()
        accounts[account]?.finishDiscovery(
            failure: failure,
            interval: settings.discoveryInterval,
            at: now,
            context.clock.now()
        )
        if let failure {
            guard !failure.isCancellation else { return }
            failureLog.recordFailure(of: .discovery, account: account, subject: account, failure, at: now)
            context.statistics.countFailure(failure, account: account)
        } else {
            failureLog.recordSuccess(of: .discovery, account: account, subject: account)
            // The token works, which may have caused the persistent failures of polls.
            schedule.resetBackoff(account: account, at: now)
            await updateTokenExpiry(of: progress.settings)
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
        let listed = Dictionary(list.connectors.map { ($0.id, connector($0, of: account)) }) { first, _ in
            first
        }
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
        let present = context.ledger.connectors(of: account.account).filter { record in
            record.isPresent && account.selects(record.key.connector)
        }
        for record in present {
            addToSchedule(record, at: now)
            publish(record)
        }
        accounts[account.account]?.missing = present.count { $0.missing > 0 }
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

    private func connector(_ listed: ListedConnector, of account: AccountSettings) -> Connector {
        let key = ConnectorKey(account: account.account, connector: listed.id)
        let previous = context.ledger.connector(key)?.inventory.site
        return Connector(
            deviceID: listed.deviceID,
            serialNumber: listed.serialNumber,
            deviceType: listed.deviceType,
            version: listed.lastSeenVersion,
            isActivated: listed.activated,
            lastHeartbeat: listed.lastHeartbeat.map(Timestamp.init),
            site: accounts[account.account]?.sites.site(of: listed.id, previous: previous)
        )
    }
}
