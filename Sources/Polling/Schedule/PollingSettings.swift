// SPDX-License-Identifier: Apache-2.0

/// When to poll, and how far back; all in seconds.
package struct PollingSettings: Sendable, Hashable {
    package var interval = 60.0
    package var discoveryInterval = 600.0
    package var initialLookback = 86400
    package var overlap = 3600
    package var rescanInterval = 3600.0
    package var rescanLookback = 86400

    /// How long events stay identifiable in the ledger; at least what any window reaches back.
    package var retention = 2 * 86400

    /// Connectors that are polled at the same time.
    package var concurrency = 8

    /// Events on a page, as far as the API agrees.
    package var pageLimit = 1000

    /// Waits before the retries of a request that failed for a reason that may pass.
    package var retryDelays = [0.5, 2.0]

    package init() {}

    /// Seconds by which a connector's clock may be ahead of this one's.
    package static let clockSkew = 300
}
