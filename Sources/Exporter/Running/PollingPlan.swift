// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import HTTPTransport
import Polling
import WireText

/// What a configuration means for polling.
struct PollingPlan: Sendable {
    /// Accounts that share a token, and so a budget.
    struct Group: Sendable {
        let credential: Credential
        let accounts: [AccountSettings]
    }

    let configuration: Configuration

    /// Whose part of all connectors is polled.
    let shard: Shard
    let groups: [Group]

    /// Reads every token once, so that one that is missing is found before anything starts.
    ///
    /// - Parameters:
    ///   - configuration: of all shards together.
    ///   - shard: whose part of all connectors is polled, with its share of each token's budget.
    /// - Throws: when a token cannot be read, or when there are more shards than requests.
    init(_ configuration: Configuration, shard: Shard = .whole) throws(ConfigurationError) {
        guard configuration.api.maxRequests >= shard.count else {
            throw ConfigurationError(
                "api.max_requests: \(configuration.api.maxRequests) requests cannot be shared by \(shard.count) shards; "
                    + "allow more, or lower --shard.count"
            )
        }
        self.configuration = configuration
        self.shard = shard
        var order: [Credential] = []
        var accounts: [Credential: [AccountSettings]] = [:]
        for account in configuration.accounts {
            let token = ReloadingToken(account.token)
            let credential = try token.current()
            if accounts[credential] == nil { order.append(credential) }
            accounts[credential, default: []].append(
                AccountSettings(
                    account: account.accountID,
                    include: account.include,
                    exclude: account.exclude,
                    shard: shard,
                    credential: token.forPoll
                )
            )
        }
        groups = order.map { Group(credential: $0, accounts: accounts[$0] ?? []) }
    }

    /// Seconds that an event stays identifiable beyond what any window reaches back to.
    private static let retentionMargin = 86400

    /// The times in the terms of polling.
    var settings: PollingSettings {
        var settings = PollingSettings()
        let polling = configuration.polling
        settings.interval = polling.interval.seconds
        settings.discoveryInterval = polling.discoveryInterval.seconds
        settings.initialLookback = polling.initialLookback.wholeSeconds
        settings.overlap = polling.overlap.wholeSeconds
        settings.rescanInterval = polling.rescanInterval.seconds
        settings.rescanLookback = polling.rescanLookback.wholeSeconds
        let longest =
            [settings.initialLookback, settings.overlap, settings.rescanLookback]
            + familySettings.failureRatioWindows.map(\.seconds)
        settings.retention = (longest.max() ?? 0) + Self.retentionMargin
        return settings
    }

    /// The thresholds and windows in the terms of the families.
    var familySettings: FamilySettings {
        var stuckAfter = StuckThresholds()
        let configured = configuration.stuckAfter
        stuckAfter.attestation = configured.attestation.wholeSeconds
        stuckAfter.cryptKeyRotation = configured.cryptKeyRotation.wholeSeconds
        stuckAfter.pkiRotation = configured.pkiRotation.wholeSeconds
        stuckAfter.upgrade = configured.upgrade.wholeSeconds
        stuckAfter.rekey = configured.rekey.wholeSeconds
        return FamilySettings(
            stuckAfter: stuckAfter,
            failureRatioWindows: configuration.failureRatioWindows.map {
                FamilySettings.Window(label: $0.description, seconds: $0.wholeSeconds)
            }
        )
    }

    /// A new budget as the configuration asks for it: this shard's share.
    var budget: RequestBudget {
        RequestBudget(
            limit: shard.share(of: configuration.api.maxRequests),
            window: configuration.api.per.seconds
        )
    }

    /// Whether a connector is polled under this configuration.
    func selects(_ key: ConnectorKey) -> Bool {
        groups.contains { group in
            group.accounts.contains { $0.account == key.account && $0.selects(key.connector) }
        }
    }
}
