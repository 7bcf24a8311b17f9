// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger

/// The parameters of a list of events: `kind`, `since`, `until` and `cursor`.
struct EventSelection {
    /// The shell patterns of `kind`.
    let kinds: NamePatterns

    let since: Timestamp?
    let until: Timestamp?
    let cursor: EventCursor?

    /// Creates a selection of all events.
    init() {
        kinds = NamePatterns([])
        since = nil
        until = nil
        cursor = nil
    }

    /// Reads the parameters.
    ///
    /// - Throws: an error that names the parameter and the remedy.
    init(_ parameters: QueryParameters, now: Timestamp) throws(QueryError) {
        try parameters.checkLength("kind", atMost: 1000)
        kinds = NamePatterns(parameters["kind"].map { [$0] } ?? [])
        since = try parameters.time("since", now: now)
        until = try parameters.time("until", now: now)
        if let since, let until, since > until {
            throw QueryError("since: is later than until; exchange them")
        }
        cursor = try parameters["cursor"].map { text throws(QueryError) in
            guard let cursor = EventCursor(text) else {
                throw QueryError("cursor: not a cursor; use the value of \"next\" of the page before")
            }
            return cursor
        }
    }

    /// Returns the filter of the ledger.
    ///
    /// - Parameter connectors: the only connectors; `nil` for all.
    /// - Returns: the filter.
    func filter(connectors: Set<ConnectorKey>?) -> EventFilter {
        EventFilter(connectors: connectors, since: since, until: until) { [kinds] in kinds.select($0.rawValue)
        }
    }
}
