// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The order of a list of events.
///
/// Cloudflare does not document its own.
package enum EventOrder: String, Sendable, CaseIterable {
    case oldestFirst = "oldest-first"
    case newestFirst = "newest-first"
}

/// A request for one page of a connector's events.
struct EventQuery: Sendable {
    /// The first and the last second, both included.
    var from: Int
    var to: Int
    /// The only kind, or `nil` for all kinds.
    var kind: EventKind?
    /// The event after which the page starts, or `nil` for the first page.
    var after: EventPosition?
    /// The maximum number of events on the page.
    var limit: Int
}

/// One page of a connector's events.
struct EventPage: Sendable {
    var events: [SimulatedEvent] = []
    var hasMore = false
}
