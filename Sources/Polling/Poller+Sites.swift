// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import EventLedger

// MARK: - Sites

extension Poller {
    /// Lists the sites of an account, if they are due or if a connector is new or was missing.
    ///
    /// A failure is logged and counted, and keeps the previous sites. It does not fail the discovery.
    func updateSites(of account: AccountSettings, for list: ConnectorList) async {
        // A removed connector loses its site, so the sites known so far may lack one that returns.
        let isAnyNew = list.connectors.contains { listed in
            let key = ConnectorKey(account: account.account, connector: listed.id)
            return account.selects(listed.id) && context.ledger.connector(key)?.missing != 0
        }
        if isAnyNew { accounts[account.account]?.sites.expire() }
        guard accounts[account.account]?.sites.isDue(at: context.clock.uptime()) == true else { return }
        let client = client(of: account)
        do throws(PollFailure) {
            let sites = try await client.call(.sites, .discovery) { (credential) async throws(APIError) in
                try await client.api.sites(account: account.account, credential: credential)
            }
            let now = context.clock.uptime()
            accounts[account.account]?.sites.update(sites, interval: settings.sitesInterval, at: now)
            failureLog.recordSuccess(of: .siteDiscovery, account: account.account, subject: account.account)
        } catch {
            guard !error.isCancellation else { return }
            let now = context.clock.uptime()
            accounts[account.account]?.sites.recordFailure(at: now)
            failureLog.recordFailure(
                of: .siteDiscovery,
                account: account.account,
                subject: account.account,
                error,
                at: now
            )
            context.statistics.countFailure(error, account: account.account)
        }
    }
}

// MARK: - Tokens

extension Poller {
    /// Asks when the token of an account expires, if it is time.
    ///
    /// Only the owner's address answers: that of the account, or that of users. A token that neither knows has no known
    /// expiry, which is not a failure of polling.
    func updateTokenExpiry(of account: AccountSettings) async {
        guard accounts[account.account]?.tokenExpiry.isDue(at: context.clock.uptime()) == true else { return }
        let client = client(of: account)
        var status: TokenStatus?
        for owner in [account.account, nil] where status == nil {
            status = try? await client.call(.token, .spare) { (credential) async throws(APIError) in
                try await client.api.tokenStatus(account: owner, credential: credential)
            }
        }
        let expiry = status?.expiresOn.map { Timestamp($0) }
        accounts[account.account]?.tokenExpiry.update(expiry, at: context.clock.uptime())
    }
}
