// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// The state of one account, for observers.
package struct AccountView: Sendable {
    /// The account's id.
    package let account: String

    /// Whether the newest discovery succeeded; `nil` before the first one of this process.
    package let discoverySucceeded: Bool?

    /// The number of polled connectors.
    package let connectors: Int

    /// The current poll interval, in seconds.
    package let pollInterval: Double

    /// The histograms of events; `nil` until the history import is complete.
    package let histograms: AccountHistograms?

    /// When the histograms were empty.
    ///
    /// It never changes; `nil` before the first poll.
    package let countedSince: Timestamp?

    /// Makes a view.
    package init(
        account: String,
        discoverySucceeded: Bool?,
        connectors: Int,
        pollInterval: Double,
        histograms: AccountHistograms?,
        countedSince: Timestamp? = nil
    ) {
        self.account = account
        self.discoverySucceeded = discoverySucceeded
        self.connectors = connectors
        self.pollInterval = pollInterval
        self.histograms = histograms
        self.countedSince = countedSince
    }
}
