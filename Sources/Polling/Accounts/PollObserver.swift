// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
package import EventLedger

/// Who is told what polling has found out; called from any thread, and not to block.
package protocol PollObserver: Sendable {
    /// A connector's record or its newest poll has changed.
    func connectorChanged(_ view: ConnectorView)

    /// A connector is gone: its series end.
    func connectorGone(_ key: ConnectorKey)

    /// Something about an account as a whole has changed.
    func accountChanged(_ view: AccountView)
}

/// One connector as polling sees it.
package struct ConnectorView: Sendable {
    package let record: ConnectorRecord

    /// Whether the newest poll succeeded; `nil` before the first one of this process has ended.
    package let pollSucceeded: Bool?

    package init(record: ConnectorRecord, pollSucceeded: Bool?) {
        self.record = record
        self.pollSucceeded = pollSucceeded
    }
}

/// One account as polling sees it.
package struct AccountView: Sendable {
    package let account: String

    /// Whether the newest discovery succeeded; `nil` before the first one of this process.
    package let discoverySucceeded: Bool?

    /// How many connectors are polled.
    package let connectors: Int

    /// The interval in force, in seconds.
    package let pollInterval: Double

    /// `nil` until the history of the connectors that were there first is in.
    package let histograms: AccountHistograms?

    /// When the histograms were empty, in seconds since the Unix epoch.
    ///
    /// It never moves; `nil` before the first poll.
    package let countedSince: Int?

    package init(
        account: String,
        discoverySucceeded: Bool?,
        connectors: Int,
        pollInterval: Double,
        histograms: AccountHistograms?,
        countedSince: Int? = nil
    ) {
        self.account = account
        self.discoverySucceeded = discoverySucceeded
        self.connectors = connectors
        self.pollInterval = pollInterval
        self.histograms = histograms
        self.countedSince = countedSince
    }
}
