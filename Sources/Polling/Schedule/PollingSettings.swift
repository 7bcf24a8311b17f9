// SPDX-License-Identifier: Apache-2.0

/// The intervals and sizes of polling.
///
/// All times are in seconds.
package struct PollingSettings: Sendable, Hashable {
    /// The time between two polls of a connector.
    package var interval = 60.0
    /// The time between two discoveries of an account.
    package var discoveryInterval = 60.0
    /// The time between two listings of an account's sites, which change rarely.
    package var sitesInterval = 600.0
    /// How far back the first poll of a connector reads.
    package var initialLookback = 86400
    /// How far back each poll reads before the watermark.
    package var overlap = 3600
    /// The time between two rescans of a connector.
    package var rescanInterval = 3600.0
    /// How far back a rescan reads.
    package var rescanLookback = 86400

    /// The minimum time between two polls of a connector's snapshots; `nil` if they are not read.
    package var snapshotInterval: Double?

    /// How long the ledger keeps the identities of events.
    ///
    /// At least as far back as any window reads.
    package var retention = 2 * 86400

    /// How long the ledger keeps events for people; at least as long as `retention`.
    package var eventsRetention = 30 * 86400

    /// The time without a rekey event after which a tunnel is forgotten.
    package var forgetTunnelsAfter = 7 * 86400

    /// Maximum number of concurrent polls.
    package var concurrency = 8

    /// The requested number of events per page.
    package var pageLimit = 1000

    /// The pauses before each retry of a request that failed with a transient error.
    package var retryDelays = [0.5, 2.0]

    /// Makes default settings.
    package init() {}

    /// How far a connector's clock may be ahead of this machine's.
    package static let clockSkew = 300
}
