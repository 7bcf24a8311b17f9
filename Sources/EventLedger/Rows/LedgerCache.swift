// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import GRDB

/// The committed rows of the small tables: accounts, connectors with their tallies, and kinds.
struct LedgerCache: Sendable {
    /// An account with the histograms over its connectors.
    struct Account: Sendable {
        let row: Int64
        var isImported = false

        /// The scope start of its first connector, when the histograms were empty.
        var countedSince: Timestamp?

        var histograms = AccountHistograms()
    }

    var accounts: [String: Account] = [:]
    var connectors: [ConnectorKey: ConnectorRecord] = [:]

    /// The names that kinds are counted under.
    var kindRegistry = KindRegistry()

    /// The row ids of table `kind`.
    var kindRows: [EventKind: Int64] = [:]

    /// The number that the next counted event gets.
    var nextPosition = 1

    /// The position of the last event that the event log contains.
    var logPosition = 0

    /// Reads the small tables.
    ///
    /// - Parameters:
    ///   - db: the database.
    ///   - key: the only connector to read; `nil` for all.
    /// - Throws: if the database cannot be read.
    init(reading db: Database, onlyConnector key: ConnectorKey? = nil) throws {
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
        kindRegistry = KindRegistry(known: kinds.values)
        try readConnectors(db, accountNames: accountNames, kinds: kinds, only: key)
        logPosition = try Int.fetchOne(db, sql: "SELECT position FROM event_log") ?? 0
        // Retention may have deleted all events up to the position of the log.
        let newest = try Int.fetchOne(db, sql: "SELECT max(position) FROM event") ?? 0
        nextPosition = max(newest, logPosition) + 1
    }

    private mutating func readHistogram(_ row: Row, accountNames: [Int64: String]) throws {
        guard let account = accountNames[row["account"]],
            let name = AccountHistograms.Name(rawValue: row["name"]),
            let histogram = try DurationHistogram(name: name, stored: row)
        else { return }
        accounts[account]?.histograms[name] = histogram
    }

    private mutating func readConnectors(
        _ db: Database,
        accountNames: [Int64: String],
        kinds: [Int64: EventKind],
        only key: ConnectorKey?
    ) throws {
        var records: [Int64: ConnectorRecord] = [:]
        let selected = "SELECT * FROM connector WHERE ? IS NULL OR name = ?"
        for row in try Row.fetchAll(db, sql: selected, arguments: [key?.connector, key?.connector]) {
            guard let account = accountNames[row["account"]], key == nil || key?.account == account else {
                continue
            }
            let record = try ConnectorRecord(reading: row, account: account)
            records[record.row] = record
        }
        let condition =
            key == nil ? "TRUE" : "connector IN (\(records.keys.map(String.init).joined(separator: ",")))"
        let tallies = "SELECT connector, kind, count, newest FROM tally WHERE \(condition)"
        for row in try Row.fetchAll(db, sql: tallies) {
            guard let kind = kinds[row["kind"]] else { continue }
            records[row["connector"]]?.tallies[kind] = KindTally(count: row["count"], newest: row["newest"])
        }
        let wanted = """
            SELECT connector, COUNT(*) AS count FROM event WHERE payload = 1 AND \(condition) GROUP BY connector
            """
        for row in try Row.fetchAll(db, sql: wanted) {
            records[row["connector"]]?.wantedPayloads = row["count"]
        }
        let uncollected = """
            SELECT connector, t, n FROM event JOIN connector ON connector.id = event.connector
            WHERE collected IS NULL AND t >= coalesce(floor, 0) AND \(condition)
            """
        for row in try Row.fetchAll(db, sql: uncollected) {
            records[row["connector"]]?.awaitingCollectionTime.insert(EventID(t: row["t"], n: row["n"]))
        }
        connectors = Dictionary(uniqueKeysWithValues: records.values.map { ($0.key, $0) })
    }
}

extension ConnectorRecord {
    /// Reads a row of table `connector`.
    fileprivate init(reading row: Row, account: String) throws {
        self.init(
            key: ConnectorKey(account: account, connector: row["name"]),
            row: row["id"],
            inventory: try LedgerRows.decode(Connector.self, from: row["facts"])
        )
        isPresent = row["present"]
        missing = row["missing"]
        scopeStart = row["floor"]
        keptSince = row["kept_since"]
        countedSince = row["counted_since"]
        watermark = row["watermark"]
        rescannedAt = row["rescanned"]
        lastSuccess = row["last_success"]
        hasAllPayloads = row["drained"]
        uncleanRestarts = row["unclean_restarts"]
        if let text = row["state"] as String? {
            state = try LedgerRows.decode(ConnectorState.self, from: text)
        }
        if row["unsettled"] { pending = nil }
    }
}
