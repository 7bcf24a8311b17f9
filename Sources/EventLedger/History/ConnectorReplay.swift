// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB

/// The past of one connector: its record after each kept event.
///
/// The counts end at those of the ledger, so they begin at the counts of the events that were deleted.
package struct ConnectorReplay: Sendable {
    /// The connector as it was after the last applied event.
    package private(set) var record: ConnectorRecord

    private let forgetTunnelsAfter: Int

    private init(_ record: ConnectorRecord, origin: ConnectorState, forgettingTunnelsAfter seconds: Int) {
        self.record = record
        self.record.state = origin
        forgetTunnelsAfter = seconds
    }

    private mutating func apply(_ event: Event) {
        let observation = record.state.apply(event, forgettingTunnelsAfter: forgetTunnelsAfter)
        if observation == .uncleanRestart { record.uncleanRestarts += 1 }
        record.tallies[event.kind, default: KindTally(count: 0, newest: event.id.time)].add(event.id)
    }

    /// Replays a connector on one snapshot of the ledger.
    ///
    /// - Parameters:
    ///   - key: the connector.
    ///   - history: the ledger.
    ///   - forgetTunnelsAfter: the seconds without a rekey event after which a tunnel is forgotten.
    ///   - collectedUntil: events that Cloudflare collected later are left out; `nil` for no limit.
    ///   - body: receives the record before the first event and the time of that event, and then the record after each event
    ///     and the time of the next one; the last time is `nil`.
    /// - Throws: an error of the database, or an error of `body`.
    package static func run(
        of key: ConnectorKey,
        in history: EventHistory,
        forgettingTunnelsAfter forgetTunnelsAfter: Int,
        collectedUntil: Timestamp? = nil,
        _ body: (_ record: ConnectorRecord, _ next: Timestamp?) throws -> Void
    ) throws {
        try history.read { db in
            guard let record = try LedgerCache(reading: db, onlyConnector: key).connectors[key] else {
                return
            }
            var replay = ConnectorReplay(
                record,
                origin: try LedgerRows.originState(of: record.row, in: db),
                forgettingTunnelsAfter: forgetTunnelsAfter
            )
            try replay.subtractEvents(in: db)
            let rows = try events(of: record.row, in: db)
            while let row = try rows.next() {
                let event = Event(row: row)
                if let collectedUntil, let time = event.collectedAt, time > collectedUntil { continue }
                try body(replay.record, event.id.time)
                replay.apply(event)
            }
            try body(replay.record, nil)
        }
    }

    /// Takes the counts back to those before the oldest kept event.
    private mutating func subtractEvents(in db: Database) throws {
        var agent = record.state.agent
        var counts: [EventKind: Int] = [:]
        let rows = try Self.events(of: record.row, in: db)
        while let row = try rows.next() {
            let kind = Event(row: row).kind
            counts[kind, default: 0] += 1
            if agent.apply(kind) { record.uncleanRestarts -= 1 }
        }
        for (kind, count) in counts {
            let before = (record.tallies[kind]?.count ?? 0) - count
            record.tallies[kind] = before > 0 ? KindTally(count: before, newest: .unknown) : nil
        }
    }

    private static func events(of connector: Int64, in db: Database) throws -> RowCursor {
        try Row.fetchCursor(
            db,
            sql: LedgerRows.eventsInOrder(where: "event.connector = ?"),
            arguments: [connector]
        )
    }
}

extension Timestamp {
    /// The time of an event that was deleted.
    package static let unknown = Timestamp(-.infinity)
}
