// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import HTTPTransport
import Polling
import WireText

/// A configuration in the terms of polling.
struct PollingPlan: Sendable {
    /// The accounts that share a token, and therefore a request budget.
    struct Group: Sendable {
        /// The configuration of the group's poller.
        let configuration: PollerConfiguration
        /// The accounts, in the order of the configuration.
        let accounts: [AccountSettings]

        /// The ids of the accounts, sorted, which share one budget.
        var budgetAccounts: [String] { accounts.map(\.account).sorted() }
    }

    /// The configuration of all shards.
    let configuration: Configuration

    /// The share of the connectors that is polled.
    let shard: Shard

    /// The accounts by token.
    let groups: [Group]

    /// Creates a plan.
    ///
    /// It reads every token, so that a missing token fails the start or the reload.
    ///
    /// - Parameters:
    ///   - configuration: the configuration of all shards.
    ///   - shard: the share of the connectors that is polled, which also is the share of each token's budget.
    ///   - clock: the clock of the tokens.
    /// - Throws: an error if a token cannot be read, or if there are more shards than requests.
    init(
        _ configuration: Configuration,
        shard: Shard = .whole,
        clock: any PollingClock
    ) throws(ConfigurationError) {
        guard configuration.api.maxRequests >= shard.count else {
            throw ConfigurationError(
                "api.max_requests: is less than the \(shard.count) shards; "
                    + "increase it, or decrease --shard.count"
            )
        }
        self.configuration = configuration
        self.shard = shard
        var order: [Credential] = []
        var accounts: [Credential: [(Configuration.Account, AccountSettings)]] = [:]
        for account in configuration.accounts {
            let token = ReloadingToken(account.token, clock: clock)
            let credential = try Self.credential(of: token)
            if accounts[credential] == nil { order.append(credential) }
            let settings = AccountSettings(
                account: account.accountID,
                include: account.include,
                exclude: account.exclude,
                shard: shard,
                credential: token.currentForPoll
            )
            accounts[credential, default: []].append((account, settings))
        }
        let settings = Self.settings(configuration)
        groups = order.map { credential in
            let members = accounts[credential] ?? []
            let poller = PollerConfiguration(
                credential: credential,
                accounts: members.map(\.0),
                api: configuration.api,
                settings: settings
            )
            return Group(configuration: poller, accounts: members.map(\.1))
        }
    }

    private static func credential(of token: ReloadingToken) throws(ConfigurationError) -> Credential {
        do throws(ConfigurationError) {
            return try token.current()
        } catch {
            throw ConfigurationError("api_token_file: \(error)")
        }
    }

    /// The time that events are kept beyond the longest window, in seconds.
    private static let retentionMargin = 86400

    /// Returns the intervals and windows.
    private static func settings(_ configuration: Configuration) -> PollingSettings {
        var settings = PollingSettings()
        let polling = configuration.polling
        settings.interval = polling.interval.seconds
        settings.discoveryInterval = polling.discoveryInterval.seconds
        settings.initialLookback = polling.initialLookback.wholeSeconds
        settings.overlap = polling.overlap.wholeSeconds
        settings.rescanInterval = polling.rescanInterval.seconds
        settings.rescanLookback = polling.rescanLookback.wholeSeconds
        let snapshots = configuration.snapshots
        settings.snapshotInterval = snapshots.isEnabled ? snapshots.interval.seconds : nil
        settings.forgetTunnelsAfter = configuration.forgetTunnelsAfter.wholeSeconds
        let longest =
            [settings.initialLookback, settings.overlap, settings.rescanLookback]
            + configuration.failureRatioWindows.map(\.wholeSeconds)
        settings.retention = (longest.max() ?? 0) + retentionMargin
        return settings
    }

    /// The settings of metric families: thresholds and windows.
    var familySettings: FamilySettings {
        FamilySettings(configuration)
    }

    /// A new request budget: this shard's share.
    var budget: RequestBudget {
        RequestBudget(
            limit: shard.share(of: configuration.api.maxRequests),
            window: configuration.api.per.seconds,
            requestTimeout: configuration.api.requestTimeout.seconds
        )
    }

    /// Returns whether an account is polled.
    func selects(account: String) -> Bool {
        configuration.accounts.contains { $0.accountID == account }
    }

    /// Returns whether a connector is polled, if the API lists it.
    func selects(_ key: ConnectorKey) -> Bool {
        groups.contains { group in
            group.accounts.contains { $0.account == key.account && $0.selects(key.connector) }
        }
    }
}

extension PollingPlan {
    /// Returns whether both plans have the same configuration and the same tokens.
    func equals(_ other: PollingPlan) -> Bool {
        configuration == other.configuration && shard == other.shard
            && groups.map(\.configuration) == other.groups.map(\.configuration)
    }
}
