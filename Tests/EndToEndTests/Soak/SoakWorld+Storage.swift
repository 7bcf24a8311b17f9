// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What goes wrong with the disk and with the ledger's files.
extension SoakWorld {
    /// The ledger's database.
    var ledgerFile: String { world.directory.file("data/ledger.sqlite") }

    /// How many lines the process that runs now has logged that hold some text.
    func lines(saying text: String) -> Int {
        world.exporter?.errors.split(separator: "\n").count { $0.contains(text) } ?? 0
    }

    /// How many writes the process that runs now says to have failed.
    func storageFailures() async throws -> Double {
        try await world.scrape()["\(World.prefix)exporter_storage_write_failures_total"] ?? 0
    }

    /// Lets the kernel refuse whatever would make a file long, as a full disk does, but for the log.
    func fillDisk(_ meanwhile: () async throws -> Void) async throws {
        let length = (world.exporter?.errors.utf8.count ?? 0) + 65_536
        try await limit("fsize", to: "\(length)")
        try await meanwhile()
        try expectRunning()
        try await limit("fsize", to: "unlimited")
    }

    /// Lets nobody write the database, not even a superuser, whom modes do not stop.
    ///
    /// The third of its files is shared memory, which must not be taken from under a process.
    func protectLedger(_ meanwhile: () async throws -> Void) async throws {
        func change(_ sign: String) async throws -> Int32 {
            let files = ["", "-wal"].map { ledgerFile + $0 }
            let ending = try await Command.run(
                "chattr",
                ["\(sign)i"] + files,
                in: world.directory.path
            )
            return ending.status
        }
        guard try await change("+") == 0 else {
            _ = try await change("-")
            print("skipped: a database that nobody may write, which this file system or user cannot have")
            report.faults["trouble:ledgerReadOnly", default: 0] -= 1
            return
        }
        do {
            try await meanwhile()
        } catch {
            _ = try await change("-")
            throw error
        }
        try #require(try await change("-") == 0)
    }

    /// Removes the storage path from under the process.
    func deleteStorage() throws {
        try FileManager.default.removeItem(atPath: world.directory.file("data"))
    }

    /// Writes noise over all that the ledger has on the disk, in place.
    func damageLedger() throws {
        for name in [ledgerFile, "\(ledgerFile)-wal"] where FileManager.default.fileExists(atPath: name) {
            let handle = try FileHandle(forUpdating: URL(filePath: name))
            let size = Int(try handle.seekToEnd())
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: Data(repeating: 0xff, count: size))
            try handle.close()
        }
    }

    /// Damages the ledger in use, and later starts the process again.
    ///
    /// A ledger that was written anew meanwhile does not know what it counted earlier, and counts no late event any more:
    /// whoever wants all of them deletes it, and history is imported again.
    func useDamagedLedger(_ meanwhile: () async throws -> Void) async throws {
        try damageLedger()
        try await meanwhile()
        let isRebuilt = lines(saying: "all counts go on from memory") > 0
        try await kill {
            if isRebuilt { try deleteStorage() }
            scraper.beginAnew()
        }
    }
}
