// SPDX-License-Identifier: Apache-2.0

/// The kinds of routes, with their names in faults and statistics.
package enum RouteKind: String, Sendable, Hashable, CaseIterable {
    /// The list of connectors.
    case connectors
    /// One connector.
    case connector
    /// The list of events.
    case events
    /// One event.
    case event
    /// The newest events.
    case latest
    /// Any other path.
    case unknown
}
