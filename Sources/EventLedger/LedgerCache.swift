// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import FoundationEssentials
import GRDB

/// What of the ledger is kept at hand: changed together with the database, whether that is committed or held.
struct LedgerCache: Sendable {
    /// An account and what is counted over its connectors.
    struct Account: Sendable {
        let row: Int64
        var isImported = false

        /// When its histograms were empty: the first floor of its first connector, in seconds since the Unix epoch.
        var countedSince: Int?

        var histograms = AccountHistograms()
    }

    var accounts: [String: Account] = [:]
    var connectors: [ConnectorKey: ConnectorRecord] = [:]

    /// Names that kinds are counted under.
    var kindNames = KindRegistry()

    /// Rows of `kind` that are committed.
    var kindRows: [EventKind: Int64] = [:]

    init() {}

    /// Reads the tables that are small: one row for each account, connector, and kind of a connector.
    init(reading db: Database) throws {
        var accountNames: [Int64: String] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT id, name, imported, counted_since FROM account") {
            let name: String = row["name"]
            let id: Int64 = row["id"]
            accountNames[id] = name
            accounts[name] = Account(
                row: id,
                isImported: row["imported"],
                countedSince: row["counted_since"]
            )
        }
        for row in try Row.fetchAll(db, sql: "SELECT account, name, counts, sum FROM histogram") {
            try readHistogram(row, accountNames: accountNames)
        }
        var kinds: [Int64: EventKind] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT id, name FROM kind") {
            let kind = EventKind(rawValue: row["name"])
            kinds[row["id"]] = kind
            kindRows[kind] = row["id"]
        }
        kindNames = KindRegistry(known: kinds.values)
        try readConnectors(db, accountNames: accountNames, kinds: kinds)
    }

    private mutating func readHistogram(_ row: Row, accountNames: [Int64: String]) throws {
        let counts = try JSONDecoder().decode([Int].self, from: Data((row["counts"] as String).utf8))
        guard let account = accountNames[row["account"]],
            let name = AccountHistograms.Name(rawValue: row["name"]),
            let histogram = DurationHistogram(bounds: name.bounds, counts: counts, sum: row["sum"])
        else { return }
        accounts[account]?.histograms[name] = histogram
    }

    private mutating func readConnectors(
        _ db: Database,
        accountNames: [Int64: String],
        kinds: [Int64: EventKind]
    ) throws {
        var records: [Int64: ConnectorRecord] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT * FROM connector") {
            guard let account = accountNames[row["account"]] else { continue }
            let record = try ConnectorRecord(reading: row, account: account)
            records[record.row] = record
        }
        for row in try Row.fetchAll(db, sql: "SELECT connector, kind, count, newest FROM tally") {
            guard let kind = kinds[row["kind"]] else { continue }
            records[row["connector"]]?.tallies[kind] = KindTally(count: row["count"], newest: row["newest"])
        }
        let wanted = "SELECT connector, COUNT(*) AS count FROM event WHERE payload = 1 GROUP BY connector"
        for row in try Row.fetchAll(db, sql: wanted) {
            records[row["connector"]]?.wantedPayloads = row["count"]
        }
        connectors = Dictionary(uniqueKeysWithValues: records.values.map { ($0.key, $0) })
    }
}

extension ConnectorRecord {
    /// Reads a row of `connector`.
    fileprivate init(reading row: Row, account: String) throws {
        let decoder = JSONDecoder()
        self.init(
            key: ConnectorKey(account: account, connector: row["name"]),
            row: row["id"],
            inventory: try decoder.decode(Connector.self, from: Data((row["facts"] as String).utf8))
        )
        isPresent = row["present"]
        missing = row["missing"]
        scopeStart = row["floor"]
        countedSince = row["counted_since"]
        watermark = row["watermark"]
        rescannedAt = row["rescanned"]
        lastSuccess = row["last_success"]
        hasAllPayloads = row["drained"]
        uncleanRestarts = row["unclean_restarts"]
        if let text = row["state"] as String? {
            state = try decoder.decode(ConnectorState.self, from: Data(text.utf8))
        }
        if row["unsettled"] { pending = nil }
    }
}
