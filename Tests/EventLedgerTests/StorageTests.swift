// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Foundation
import Testing
import TestSupport

/// The files of the ledger, and removal of connectors.
struct StorageTests {
    private func message(_ body: () throws -> Void) throws -> LedgerError {
        try #require(throws: LedgerError.self, performing: body)
    }

    @Test func `creates files for their owner only`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("deep/er")
        let ledger = try await LedgerFixture.open(path)
        _ = try await ledger.ingest(
            [IncomingEvent(id: EventID(t: 1, n: 1), kind: "Init", collectedAt: nil)],
            of: LedgerFixture.key
        )
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        #expect(names.contains("ledger.sqlite-wal"))
        for name in names {
            let mode = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.posixPermissions]
            #expect(mode as? Int == 0o600, "\(name)")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o700)
    }

    @Test(arguments: ["lock", "ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"])
    func `rejects a symbolic link, and does not change its target`(name: String) throws {
        let directory = try TemporaryDirectory()
        let target = try directory.write("contents", to: "victim")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: target)
        let storage = directory.file("data")
        try FileManager.default.createDirectory(atPath: storage, withIntermediateDirectories: false)
        let link = "\(storage)/\(name)"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        let error = try message { _ = try EventLedger(directory: storage) }
        #expect(error.reason == .notWritable)
        #expect(error.description.hasPrefix("\(link): is a symbolic link"))
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "contents")
        let mode = try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions]
        #expect(mode as? Int == 0o644)
    }

    @Test func `accepts a symbolic link to the directory`() throws {
        let directory = try TemporaryDirectory()
        let link = directory.file("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: directory.file("data"))
        try FileManager.default.createDirectory(
            atPath: directory.file("data"),
            withIntermediateDirectories: false
        )
        _ = try EventLedger(directory: link)
    }

    @Test(
        arguments: [
            (0o700, []), (0o755, []), (0o770, ["directory is writable by its group or by all users"]),
            (0o777, ["directory is writable by its group or by all users"]),
        ] as [(Int, [String])]
    )
    func `reports a directory that other users can write`(mode: Int, events: [String]) throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: directory.path)
        let log = StorageEventLog()
        _ = try EventLedger(directory: directory.path, onEvent: log.record)
        #expect(log.names == events)
    }

    @Test(.enabled(if: geteuid() == 0)) func `reports a directory of another user`() throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.setAttributes([.ownerAccountID: 65534], ofItemAtPath: directory.path)
        let log = StorageEventLog()
        _ = try EventLedger(directory: directory.path, onEvent: log.record)
        #expect(log.names == ["directory belongs to user 65534"])
    }

    @Test func `rejects a second process, and names the first`() throws {
        let directory = try TemporaryDirectory()
        let first = try EventLedger(directory: directory.path)
        let error = try message { _ = try EventLedger(directory: directory.path) }
        #expect(error.reason == .inUse)
        #expect(
            error.description
                == "storage path \(directory.path): in use by another process (pid \(getpid())); "
                + "stop that process, or use another --storage.path"
        )
        withExtendedLifetime(first) {}
    }

    @Test func `names a path that cannot be a directory`() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("", to: "file")
        let error = try message { _ = try EventLedger(directory: "\(file)/data") }
        #expect(error.reason == .notWritable)
        #expect(error.description.hasPrefix("storage path \(file)/data: Not a directory"))
    }

    @Test func `rejects a database of a newer version`() async throws {
        let directory = try TemporaryDirectory()
        _ = try EventLedger(directory: directory.path)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); "
                + "d.execute(\"insert into grdb_migrations values ('99: future')\"); d.commit()",
            directory.file("ledger.sqlite"),
        ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let error = try message { _ = try EventLedger(directory: directory.path) }
        #expect(error.reason == .newerSchema)
    }

    @Test
    func `removes a connector after five discoveries without it, and restores its counts`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let ledger = try await LedgerFixture.open(directory.path)
        let key = LedgerFixture.key
        _ = try await ledger.ingest(
            [IncomingEvent(id: EventID(t: 1, n: 1), kind: "Init", collectedAt: nil)],
            of: key
        )
        for _ in 1..<EventLedger.absencesBeforeRemoval {
            #expect(try await ledger.recordDiscovery(of: key.account, showing: [:]) == [])
        }
        _ = try await ledger.recordDiscovery(
            of: key.account,
            showing: [key.connector: Connector(version: "2")]
        )
        for _ in 1..<EventLedger.absencesBeforeRemoval {
            #expect(try await ledger.recordDiscovery(of: key.account, showing: [:]) == [])
        }
        #expect(ledger.connector(key)?.isPresent == true)
        #expect(try await ledger.recordDiscovery(of: key.account, showing: [:]) == [key])
        #expect(ledger.connector(key)?.isPresent == false)
        #expect(try await ledger.recordDiscovery(of: key.account, showing: [:]) == [], "removed once")
        _ = try await ledger.recordDiscovery(of: key.account, showing: [key.connector: Connector()])
        #expect(ledger.connector(key)?.isPresent == true)
        #expect(ledger.connector(key)?.countsByName == ["Init": 1])
    }
}
