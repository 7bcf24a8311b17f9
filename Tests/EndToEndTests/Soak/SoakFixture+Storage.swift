// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Disruptions of the disk and of the ledger's files.
extension SoakFixture {
    /// The ledger's database.
    var ledgerFile: String { fixture.directory.file("data/ledger.sqlite") }

    /// Returns the number of log lines of the running process with an event key.
    func lineCount(event: String) -> Int { fixture.logLines(event: event).count }

    /// Returns the number of failed writes of the running process.
    func storageFailures() async throws -> Double {
        try await fixture.scrape()["\(ExporterFixture.prefix)exporter_storage_write_failures_total"] ?? 0
    }

    /// Makes the kernel refuse all writes to files, as on a full disk.
    ///
    /// The log is a pipe.
    func fillDisk(_ meanwhile: () async throws -> Void) async throws {
        try await limit("fsize", to: "0")
        try await meanwhile()
        try expectRunning()
        try await limit("fsize", to: "unlimited")
    }

    /// Makes the database immutable, which stops even root.
    ///
    /// The `-shm` file is shared memory of the running process, and stays writable.
    func protectLedger(_ meanwhile: () async throws -> Void) async throws {
        func change(_ sign: String) async throws -> Int32 {
            let files = ["", "-wal"].map { ledgerFile + $0 }
            let ending = try await ChildProgram.run(
                "chattr",
                ["\(sign)i"] + files,
                in: fixture.directory.path
            )
            return ending.status
        }
        guard try await change("+") == 0 else {
            _ = try await change("-")
            print("skipped: this file system or user cannot make a file immutable")
            report.faults["disruption:ledgerReadOnly", default: 0] -= 1
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

    /// Removes the storage path of the running process.
    func deleteStorage() throws {
        try FileManager.default.removeItem(atPath: fixture.directory.file("data"))
    }

    /// Overwrites the files of the ledger in place.
    func damageLedger() throws {
        for name in [ledgerFile, "\(ledgerFile)-wal"] where FileManager.default.fileExists(atPath: name) {
            let handle = try FileHandle(forUpdating: URL(filePath: name))
            let size = Int(try handle.seekToEnd())
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: Data(repeating: 0xff, count: size))
            try handle.close()
        }
    }
}
