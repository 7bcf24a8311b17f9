// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
package import ConnectorSnapshots

/// The state of one account, for observers.
package struct AccountView: Sendable {
    /// The account's id.
    package let account: String

    /// Whether the newest discovery succeeded; `nil` before the first one of this process.
    package let discoverySucceeded: Bool?

    /// When the newest successful discovery of this process ended.
    package let discoveredAt: Timestamp?

    /// The number of polled connectors.
    package let connectors: Int

    /// The number of polled connectors that the newest successful discovery did not list.
    package let missing: Int

    /// The configured poll interval, in seconds.
    package let configuredPollInterval: Double

    /// The configured discovery interval, in seconds.
    package let discoveryInterval: Double

    /// The current poll interval, in seconds.
    package let pollInterval: Double

    /// The current interval of snapshot polls, in seconds; `nil` if snapshots are not read.
    package let snapshotInterval: Double?

    /// What the counters of snapshots count from; `nil` if unknown.
    package let snapshotCounters: CounterSemantics?

    /// The histograms of events; `nil` until the history import is complete.
    package let histograms: AccountHistograms?

    /// When the histograms were empty.
    ///
    /// It never changes; `nil` before the first poll.
    package let countedSince: Timestamp?

    /// When the account's token expires; `nil` if it does not, or if Cloudflare did not say.
    package let tokenExpiry: Timestamp?

    /// Makes a view.
    package init(
        account: String,
        discoverySucceeded: Bool?,
        discoveredAt: Timestamp? = nil,
        connectors: Int,
        missing: Int = 0,
        configuredPollInterval: Double,
        discoveryInterval: Double,
        pollInterval: Double,
        histograms: AccountHistograms?,
        countedSince: Timestamp? = nil,
        tokenExpiry: Timestamp? = nil,
        snapshotInterval: Double? = nil,
        snapshotCounters: CounterSemantics? = nil
    ) {
        self.snapshotInterval = snapshotInterval
        self.snapshotCounters = snapshotCounters
        self.account = account
        self.discoverySucceeded = discoverySucceeded
        self.discoveredAt = discoveredAt
        self.connectors = connectors
        self.missing = missing
        self.configuredPollInterval = configuredPollInterval
        self.discoveryInterval = discoveryInterval
        self.tokenExpiry = tokenExpiry
        self.pollInterval = pollInterval
        self.histograms = histograms
        self.countedSince = countedSince
    }
}
