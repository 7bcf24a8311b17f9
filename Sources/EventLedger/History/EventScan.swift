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
    private static let rowsPerCheck = 64

    /// The number of events whose details are read between two checks.
    private static let detailsPerCheck = 16

    let filter: EventFilter
    let cursor: EventCursor?
    let order: EventHistory.Order
    let limit: Int
    let scanLimit: Int

    /// The rows of a page, without their details.
    private struct Rows {
        var rows: [(cursor: EventCursor, kind: Int64)] = []
        var next: EventCursor?
    }

    func page(in db: Database, isCancelled: () -> Bool) throws -> RecordedEventPage {
        let names = try EventNames(reading: db)
        let kinds = Set(names.kinds.filter { filter.selects($0.value) }.keys)
        let selected = filter.connectors.map { selected in
            names.connectors.filter { selected.contains($0.value) }
        }
        var found: Rows
        if let selected, selected.count <= Self.separateConnectors {
            found = merged(
                try selected.keys.map { try rows(of: $0, among: nil, kinds, db, isCancelled) }
            )
        } else {
            found = try rows(of: nil, among: selected.map { Set($0.keys) }, kinds, db, isCancelled)
        }
        var page = RecordedEventPage(next: found.next)
        for (index, row) in found.rows.enumerated() {
            if index > 0, index % Self.detailsPerCheck == 0, isCancelled() {
                page.next = page.events.last?.cursor
                break
            }
            page.events.append(try names.event(at: row.cursor, kind: row.kind, in: db))
        }
        return page
    }

    /// Reads the rows of one connector, or of those in `connectors` if `connector` is `nil`.
    private func rows(
        of connector: Int64?,
        among connectors: Set<Int64>?,
        _ kinds: Set<Int64>,
        _ db: Database,
        _ isCancelled: () -> Bool
    ) throws -> Rows {
        let cursors = try Row.fetchCursor(db, sql: sql(of: connector), arguments: arguments(connector))
        var found = Rows()
        var last = cursor
        var scanned = 0
        while let row = try cursors.next() {
            let mayCheck = scanned > 0 && scanned % Self.rowsPerCheck == 0
            if found.rows.count == limit || scanned == scanLimit || (mayCheck && isCancelled()) {
                found.next = last
                break
            }
            scanned += 1
            let place = EventCursor(id: EventID(t: row["t"], n: row["n"]), connector: row["connector"])
            last = place
            guard kinds.contains(row["kind"]), connectors?.contains(place.connector) != false else {
                continue
            }
            found.rows.append((place, row["kind"]))
        }
        return found
    }

    private func merged(_ parts: [Rows]) -> Rows {
        let precedes: (EventCursor, EventCursor) -> Bool = order == .oldestFirst ? { $0 < $1 } : { $1 < $0 }
        var rows = parts.flatMap(\.rows).sorted { precedes($0.cursor, $1.cursor) }
        // Beyond the first incomplete part, rows of its connector may be missing.
        var end = parts.compactMap(\.next).min(by: precedes)
        if let end { rows.removeAll { precedes(end, $0.cursor) } }
        if rows.count > limit {
            rows.removeLast(rows.count - limit)
            end = rows.last?.cursor
        }
        return Rows(rows: rows, next: end)
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
