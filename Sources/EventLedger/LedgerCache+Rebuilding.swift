// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import GRDB

extension LedgerCache {
    /// Begins every scope after what was counted.
    ///
    /// The identities are lost with the database that held them. What is recorded from here on is new for
    /// sure; of what is older, nobody can say any more whether it was counted, so it is not counted again.
    mutating func forgetIdentities() {
        for (key, var record) in connectors {
            guard let floor = record.scopeStart else { continue }
            // A connector whose clock is far ahead must not end its own scope for years.
            let reach = record.watermark.map { $0 + Self.clockSkew } ?? .max
            if let newest = record.tallies.values.map(\.newest).max() {
                record.scopeStart = max(floor, min(newest, reach) + 1)
            }
            record.pending = record.pending ?? [:]
            record.awaitingCollectionTime = []
            record.wantedPayloads = record.pending?.values.count { $0.wantsPayload } ?? 0
            connectors[key] = record
        }
    }

    /// Seconds by which windows reach beyond now, and so beyond the watermark.
    private static let clockSkew = 300

    /// Writes all that is at hand into a new database, every row with the number that it had.
    func write(to db: Database) throws {
        for (kind, row) in kindRows {
            try db.execute(
                sql: "INSERT INTO kind (id, name) VALUES (?, ?)",
                arguments: [row, kind.rawValue]
            )
        }
        for (name, account) in accounts {
            try db.execute(
                sql: "INSERT INTO account (id, name, imported, counted_since) VALUES (?, ?, ?, ?)",
                arguments: [account.row, name, account.isImported, account.countedSince]
            )
            for histogram in AccountHistograms.Name.allCases {
                let counted = account.histograms[histogram]
                try EventLedger.add(counted, to: histogram, account: account.row, in: db)
            }
        }
        for record in connectors.values {
            guard let account = accounts[record.key.account]?.row else { continue }
            try write(record, account: account, to: db)
        }
    }

    private func write(_ record: ConnectorRecord, account: Int64, to db: Database) throws {
        let pending = record.pending ?? [:]
        let state = try EventLedger.json(record.state)
        try db.execute(
            sql: """
                INSERT INTO connector (id, account, name, facts, present, missing, floor, counted_since, watermark,
                    rescanned, last_success, drained, unclean_restarts, base, state, unsettled)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                record.row, account, record.key.connector, try EventLedger.json(record.inventory),
                record.isPresent,
                record.missing, record.scopeStart, record.countedSince, record.watermark, record.rescannedAt,
                record.lastSuccess,
                record.hasAllPayloads, record.uncleanRestarts, state, state, !pending.isEmpty,
            ]
        )
        for (kind, tally) in record.tallies {
            try db.execute(
                sql: "INSERT INTO tally (connector, kind, count, newest) VALUES (?, ?, ?, ?)",
                arguments: [record.row, kindRows[kind], tally.count, tally.newest]
            )
        }
        for event in pending.values { try write(event, of: record, to: db) }
    }

    /// What is not settled yet is applied to the state later, so it is kept as an event.
    private func write(_ event: Event, of record: ConnectorRecord, to db: Database) throws {
        let status: Schema.PayloadStatus =
            event.wantsPayload ? .wanted : event.tunnelID != nil ? .known : .none
        try db.execute(
            sql: "INSERT INTO event (connector, t, n, kind, collected, payload) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                record.row, event.id.t, event.id.n, kindRows[event.kind], event.collectedAt, status.rawValue,
            ]
        )
        guard let tunnel = event.tunnelID else { return }
        try db.execute(
            sql: "INSERT INTO payload (connector, t, n, tunnel) VALUES (?, ?, ?, ?)",
            arguments: [record.row, event.id.t, event.id.n, tunnel]
        )
    }
}

extension Event {
    fileprivate var wantsPayload: Bool { kind.hasPayload && tunnelID == nil }
}
