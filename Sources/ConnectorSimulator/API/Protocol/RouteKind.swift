// SPDX-License-Identifier: Apache-2.0

/// The kinds of routes, with their names in faults and statistics.
package enum RouteKind: String, Sendable, Hashable, CaseIterable {
    case connectors
    case connector
    case sites
    /// The status of the token.
    case token
    case events
    case event
    /// The newest events.
    case latest
    case snapshots
    case snapshot
    /// The newest snapshot.
    case snapshotsLatest = "snapshots_latest"
    case unknown
}
