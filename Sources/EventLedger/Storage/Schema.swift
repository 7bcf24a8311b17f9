// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The tables of the ledger, and their migrations.
///
/// A released migration never changes. A change of the schema is a new migration.
enum Schema {
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: ledger", migrate: createLedger)
        migrator.registerMigration("2: counted since", migrate: addCountedSince)
        migrator.registerMigration("budget", migrate: createBudget)
        migrator.registerMigration("uncollected events", migrate: indexUncollectedEvents)
        migrator.registerMigration("event history", migrate: createHistory)
        return migrator
    }()

    /// Checks that no newer version has written a database.
    static func rejectNewer(_ db: Database, path: String) throws {
        guard try migrator.hasBeenSuperseded(db) else { return }
        throw LedgerError(
            .newerSchema,
            "\(path): written by a newer version of this program; install that version, or use another "
                + "--storage.path"
        )
    }

    /// Checks that this version has written a database.
    static func checkVersion(of db: Database, path: String) throws {
        try rejectNewer(db, path: path)
        guard try !migrator.hasCompletedMigrations(db) else { return }
        throw LedgerError(
            .olderSchema,
            "\(path): written by an older version of this program; start the exporter of this version once, which "
                + "converts it"
        )
    }

    /// The identity is the primary key of `event`, so that SQLite ensures that it is counted once.
    private static func createLedger(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE account (
                    id INTEGER PRIMARY KEY,
                    name TEXT NOT NULL UNIQUE,
                    imported INTEGER NOT NULL DEFAULT 0
                );
                CREATE TABLE connector (
                    id INTEGER PRIMARY KEY,
                    account INTEGER NOT NULL REFERENCES account(id),
                    name TEXT NOT NULL,
                    facts TEXT NOT NULL,
                    present INTEGER NOT NULL DEFAULT 1,
                    missing INTEGER NOT NULL DEFAULT 0,
                    floor INTEGER,
                    watermark INTEGER,
                    rescanned REAL,
                    last_success REAL,
                    drained INTEGER NOT NULL DEFAULT 0,
                    unclean_restarts INTEGER NOT NULL DEFAULT 0,
                    base TEXT,
                    state TEXT,
                    unsettled INTEGER NOT NULL DEFAULT 0,
                    UNIQUE (account, name)
                );
                CREATE TABLE kind (
                    id INTEGER PRIMARY KEY,
                    name TEXT NOT NULL UNIQUE
                );
                CREATE TABLE tally (
                    connector INTEGER NOT NULL,
                    kind INTEGER NOT NULL,
                    count INTEGER NOT NULL,
                    newest INTEGER NOT NULL,
                    PRIMARY KEY (connector, kind)
                ) WITHOUT ROWID;
                CREATE TABLE event (
                    connector INTEGER NOT NULL,
                    t INTEGER NOT NULL,
                    n INTEGER NOT NULL,
                    kind INTEGER NOT NULL,
                    collected INTEGER,
                    payload INTEGER NOT NULL DEFAULT 0,
                    observed INTEGER NOT NULL DEFAULT 0,
                    PRIMARY KEY (connector, t, n)
                ) WITHOUT ROWID;
                CREATE INDEX event_wanted ON event (connector, t, n) WHERE payload = 1;
                CREATE TABLE payload (
                    connector INTEGER NOT NULL,
                    t INTEGER NOT NULL,
                    n INTEGER NOT NULL,
                    tunnel TEXT,
                    url TEXT,
                    version TEXT,
                    PRIMARY KEY (connector, t, n)
                ) WITHOUT ROWID;
                CREATE TABLE histogram (
                    account INTEGER NOT NULL,
                    name TEXT NOT NULL,
                    counts TEXT NOT NULL,
                    sum REAL NOT NULL,
                    PRIMARY KEY (account, name)
                ) WITHOUT ROWID;
                """
        )
    }

    /// `counted_since` is the first scope start and never moves, because counts survive a later scope start.
    private static func addCountedSince(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE connector ADD COLUMN counted_since INTEGER;
                ALTER TABLE account ADD COLUMN counted_since INTEGER;
                UPDATE connector SET counted_since = floor;
                UPDATE account SET counted_since =
                    (SELECT MIN(floor) FROM connector WHERE connector.account = account.id);
                """
        )
    }

    /// One row for each token and each account, and the key of the hashes that name them.
    ///
    /// Column `token` contains either hash.
    private static func createBudget(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE budget (
                    token TEXT PRIMARY KEY,
                    record TEXT NOT NULL
                ) WITHOUT ROWID;
                CREATE TABLE budget_key (key BLOB NOT NULL);
                INSERT INTO budget_key (key) VALUES (randomblob(16));
                """
        )
    }

    /// Events that only `latest` has returned wait for their collection time, also after a restart.
    private static func indexUncollectedEvents(_ db: Database) throws {
        try db.execute(
            sql: "CREATE INDEX event_uncollected ON event (connector, t, n) WHERE collected IS NULL"
        )
    }

    /// `position` is the number of an event in the order of counting.
    ///
    /// `origin` is the state before the oldest kept event, as
    /// `base` is the state at the scope start. Index `event_time` contains the kind, so that a search for a rare kind reads
    /// the index only.
    private static func createHistory(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE event ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE event ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
                UPDATE event SET position = counted.position
                    FROM (
                        SELECT connector, t, n, row_number() OVER (ORDER BY t, n, connector) AS position FROM event
                    ) AS counted
                    WHERE event.connector = counted.connector AND event.t = counted.t AND event.n = counted.n;
                CREATE INDEX event_position ON event (position);
                CREATE INDEX event_time ON event (t, n, connector, kind);
                ALTER TABLE connector ADD COLUMN origin TEXT;
                ALTER TABLE connector ADD COLUMN kept_since INTEGER;
                UPDATE connector SET origin = base, kept_since = floor;
                CREATE TABLE event_log (
                    id INTEGER PRIMARY KEY CHECK (id = 1),
                    position INTEGER NOT NULL
                );
                CREATE TABLE forget_request (
                    id INTEGER PRIMARY KEY,
                    connector INTEGER NOT NULL,
                    tunnel TEXT
                );
                """
        )
    }

    /// The values of column `event.payload`.
    enum PayloadStatus: Int {
        case none = 0
        case wanted = 1
        case known = 2
        case unavailable = 3
    }
}
