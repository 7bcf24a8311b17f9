// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import GRDB

/// The search for the events of one page.
///
/// It reads an index in the order of the page, and the details of the selected events only. Events of a few connectors are
/// read from each connector and merged.
struct EventScan {
    /// The maximum number of connectors that are read separately.
    private static let separateConnectors = 64

    /// The number of rows between two checks for cancellation.
    private static let rowsPerCheck = 1024

    let filter: EventFilter
    let cursor: EventCursor?
    let order: EventHistory.Order
    let limit: Int
    let scanLimit: Int

    func page(in db: Database, isCancelled: () -> Bool) throws -> RecordedEventPage {
        let names = try EventNames(reading: db)
        let kinds = Set(names.kinds.filter { filter.selects($0.value) }.keys)
        let selected = filter.connectors.map { selected in
            names.connectors.filter { selected.contains($0.value) }
        }
        if let selected, selected.count <= Self.separateConnectors {
            let pages = try selected.keys.map { connector in
                try page(of: connector, among: nil, kinds, names, db, isCancelled)
            }
            return merged(pages)
        }
        return try page(of: nil, among: selected.map { Set($0.keys) }, kinds, names, db, isCancelled)
    }

    /// Reads the page of one connector, or of those in `connectors` if `connector` is `nil`.
    private func page(
        of connector: Int64?,
        among connectors: Set<Int64>?,
        _ kinds: Set<Int64>,
        _ names: EventNames,
        _ db: Database,
        _ isCancelled: () -> Bool
    ) throws -> RecordedEventPage {
        let rows = try Row.fetchCursor(db, sql: sql(of: connector), arguments: arguments(connector))
        var page = RecordedEventPage()
        var last: EventCursor?
        var scanned = 0
        while let row = try rows.next() {
            if page.events.count == limit || scanned == scanLimit
                || (scanned % Self.rowsPerCheck == 0 && isCancelled())
            {
                page.next = last
                break
            }
            scanned += 1
            last = EventCursor(id: EventID(t: row["t"], n: row["n"]), connector: row["connector"])
            guard kinds.contains(row["kind"]), connectors?.contains(row["connector"]) != false else {
                continue
            }
            page.events.append(try names.event(row, in: db))
        }
        return page
    }

    private func merged(_ pages: [RecordedEventPage]) -> RecordedEventPage {
        let precedes: (EventCursor, EventCursor) -> Bool = order == .oldestFirst ? { $0 < $1 } : { $1 < $0 }
        var events = pages.flatMap(\.events).sorted { precedes($0.cursor, $1.cursor) }
        // Beyond the first incomplete page, events of its connector may be missing.
        var end = pages.compactMap(\.next).min(by: precedes)
        if let end { events.removeAll { precedes(end, $0.cursor) } }
        if events.count > limit {
            events.removeLast(events.count - limit)
            end = events.last?.cursor
        }
        return RecordedEventPage(events: events, next: end)
    }

    private var isAscending: Bool { order == .oldestFirst }

    private func sql(of connector: Int64?) -> String {
        var conditions = ["t >= :since", "t <= :until"]
        if connector != nil { conditions.append("connector = :connector") }
        if cursor != nil {
            conditions.append("(t, n, connector) \(isAscending ? ">" : "<") (:t, :n, :after)")
        }
        let direction = isAscending ? "ASC" : "DESC"
        return """
            SELECT t, n, connector, kind FROM event \(connector == nil ? "INDEXED BY event_time" : "NOT INDEXED")
            WHERE \(conditions.joined(separator: " AND "))
            ORDER BY t \(direction), n \(direction), connector \(direction)
            """
    }

    private func arguments(_ connector: Int64?) -> StatementArguments {
        // The primary key has no row values across columns, so the cursor also narrows the times.
        var since = filter.since?.seconds ?? 0
        var until = filter.until?.seconds ?? .greatestFiniteMagnitude
        if let cursor {
            if isAscending {
                since = max(since, Double(cursor.id.t))
            } else {
                until = min(until, Double(cursor.id.t))
            }
        }
        var arguments: StatementArguments = ["since": since, "until": until]
        if let connector { arguments += ["connector": connector] }
        if let cursor {
            arguments += ["t": cursor.id.t, "n": cursor.id.n, "after": cursor.connector]
        }
        return arguments
    }
}
