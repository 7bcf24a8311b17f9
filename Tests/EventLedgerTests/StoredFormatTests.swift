// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Foundation
import Testing
import TestSupport

/// The format of the database, which other versions of the exporter read and write.
@Suite(.timeLimit(.minutes(1))) struct StoredFormatTests {
    /// Runs a Python script in which `d` is a connection to the database.
    private static func run(_ script: String, on path: String) async throws -> String {
        let text = "import sqlite3\nd = sqlite3.connect('\(path)')\n\(script)\nd.commit()\nd.close()\n"
        let result = try await onThread { try runCommand(["python3", "-"], input: text) }
        try #require(result.status == 0, "\(result.output)")
        return result.output
    }

    /// A database as the first migration created it, with one upgrade in progress.
    private static let script = #"""
        d.executescript("""
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        INSERT INTO grdb_migrations VALUES ('1: ledger');
        CREATE TABLE account (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, imported INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE connector (
            id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account(id), name TEXT NOT NULL,
            facts TEXT NOT NULL, present INTEGER NOT NULL DEFAULT 1, missing INTEGER NOT NULL DEFAULT 0, floor INTEGER,
            watermark INTEGER, rescanned REAL, last_success REAL, drained INTEGER NOT NULL DEFAULT 0,
            unclean_restarts INTEGER NOT NULL DEFAULT 0, base TEXT, state TEXT, unsettled INTEGER NOT NULL DEFAULT 0,
            UNIQUE (account, name));
        CREATE TABLE kind (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE tally (connector INTEGER NOT NULL, kind INTEGER NOT NULL, count INTEGER NOT NULL,
            newest INTEGER NOT NULL, PRIMARY KEY (connector, kind)) WITHOUT ROWID;
        CREATE TABLE event (connector INTEGER NOT NULL, t INTEGER NOT NULL, n INTEGER NOT NULL, kind INTEGER NOT NULL,
            collected INTEGER, payload INTEGER NOT NULL DEFAULT 0, observed INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (connector, t, n)) WITHOUT ROWID;
        CREATE INDEX event_wanted ON event (connector, t, n) WHERE payload = 1;
        CREATE TABLE payload (connector INTEGER NOT NULL, t INTEGER NOT NULL, n INTEGER NOT NULL, tunnel TEXT, url TEXT,
            version TEXT, PRIMARY KEY (connector, t, n)) WITHOUT ROWID;
        CREATE TABLE histogram (account INTEGER NOT NULL, name TEXT NOT NULL, counts TEXT NOT NULL, sum REAL NOT NULL,
            PRIMARY KEY (account, name)) WITHOUT ROWID;
        INSERT INTO account VALUES (1, '0123456789abcdef0123456789abcdef', 1);
        INSERT INTO connector VALUES (1, 1, 'c0', '{"lastHeartbeat":1700000100,"version":"1"}', 1, 0, 1600000000,
            1700000040, 1700000030.0, 1700000040.5, 1, 0, NULL,
            '{"agent":{},"attestation":{"consecutiveFailures":0,"finishes":[]},"cryptKeyRotation":' ||
            '{"consecutiveFailures":0,"finishes":[]},"newest":{"n":1,"t":1700000000},"pkiRotation":' ||
            '{"consecutiveFailures":0,"finishes":[]},"rekeys":{},"upgrade":{"consecutiveFailures":0,"finishes":[],' ||
            '"newestStart":1700000000,"openSince":1700000000}}', 0);
        INSERT INTO kind VALUES (1, 'StartUpgrade');
        INSERT INTO tally VALUES (1, 1, 1, 1700000000);
        INSERT INTO event VALUES (1, 1700000000, 1, 1, 1700000002, 3, 1);
        INSERT INTO histogram VALUES (1, 'delivery_delay', '[0,1,0,0,0,0,0,0,0,0,0,0,0,0]', 2);
        """)
        """#

    @Test func `continues a database of an earlier version in the same format`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("ledger.sqlite")
        _ = try await Self.run(Self.script, on: path)
        let key = LedgerFixture.key
        let ledger = try await LedgerFixture.reopen(directory.path)
        let record = try #require(ledger.connector(key))
        #expect(record.inventory == Connector(version: "1", lastHeartbeat: 1_700_000_100))
        #expect(record.scopeStart == 1_600_000_000)
        #expect(record.countedSince == 1_600_000_000)
        #expect(record.watermark == 1_700_000_040)
        #expect(record.rescannedAt == 1_700_000_030)
        #expect(record.lastSuccess == 1_700_000_040.5)
        #expect(record.state[.upgrade].openSince == 1_700_000_000)
        #expect(record.countsByName == ["StartUpgrade": 1])

        let page = [(0, 1, "StartUpgrade"), (60, 2, "FinishUpgradeSuccess")].map { seconds, n, kind in
            let id = EventID(t: 1_700_000_000 + seconds, n: n)
            return IncomingEvent(id: id, kind: kind, collectedAt: Timestamp(id.t + 2))
        }
        #expect(try await ledger.ingest(page, of: key).new == 1)
        let window = CompletedWindow(until: 1_700_000_100, at: 1_700_000_100.25, isRescan: true)
        _ = try await ledger.updateState(of: key, completing: window)
        #expect(ledger.histograms(of: key.account)[.operation(.upgrade, .success)].sum == 60)
        #expect(ledger.histograms(of: key.account)[.deliveryDelay].sum == 4)

        let query = """
            for r in d.execute("SELECT typeof(watermark), watermark, floor, rescanned, last_success, counted_since \
            FROM connector UNION ALL SELECT typeof(collected), collected, t, n, kind, '-' FROM event \
            UNION ALL SELECT typeof(newest), newest, count, kind, '-', '-' FROM tally"): print(*r)
            print(d.execute("SELECT json_extract(state, '$.upgrade') FROM connector").fetchone()[0])
            """
        #expect(
            try await Self.run(query, on: path) == """
                integer 1700000100 1600000000 1700000100.0 1700000100.25 1600000000
                integer 1700000002 1700000000 1 1 -
                integer 1700000062 1700000060 2 2 -
                integer 1700000000 1 1 - -
                integer 1700000060 1 2 - -
                {"consecutiveFailures":0,"finishes":[{"outcome":"success","t":1700000060}],"newestStart":1700000000}

                """
        )
    }
}
