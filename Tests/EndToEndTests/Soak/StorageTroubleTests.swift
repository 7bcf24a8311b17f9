// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Every trouble with the disk and the ledger's files once, one after the other in one world.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `Trouble with the storage` {
    private static let connectors = 3

    @Test func `no trouble with the storage makes a count wrong or ends the process`() async throws {
        let soak = try await SoakWorld(
            connectors: Self.connectors,
            flags: ["--life.speed", "0", "--history", "1h"],
            budget: 5000
        )
        try await soak.expectTruth("the start")
        try soak.noteBegin()
        for trouble in [SoakWorld.Trouble.diskFull, .ledgerReadOnly] {
            try await soak.suffer(trouble, seconds: 0) { try await countUnwritten(soak, "\(trouble)") }
            guard soak.lines(saying: Self.cannotBeWritten) > 0 else { continue }
            _ = try await eventually("a ledger that is written again", within: 60) {
                soak.lines(saying: "the ledger is written again") == 1 ? true : nil
            }
            #expect(soak.lines(saying: Self.cannotBeWritten) == 1)
            try await soak.kill()
            try await soak.expectTruth("\(trouble) and a restart")
            #expect(soak.lines(saying: "damaged") == 0)
        }
        try await soak.suffer(.storageDeleted, seconds: 0) {
            try await soak.injectRekeys()
            _ = try await eventually("a storage path that is there again") {
                soak.lines(saying: "the storage path was deleted") == 1 ? true : nil
            }
        }
        try await soak.injectRekeys()
        try await soak.expectTruth("a storage path that was deleted")
        #expect(soak.lines(saying: "the storage path was deleted") == 1)
        try await soak.kill()
        try await soak.expectTruth("a storage path that was deleted, and a restart")

        try await soak.suffer(.ledgerDamaged, seconds: 0) {
            try await soak.injectRekeys()
            try await soak.expectTruth("a ledger that was damaged in use")
        }
        try await soak.expectTruth("a ledger that was damaged in use, and a restart")

        try await soak.suffer(.ledgerDamagedAtStart, seconds: 0)
        try await soak.expectTruth("a ledger that was damaged at the start")
        #expect(soak.lines(saying: "the ledger was damaged and is set aside: its counts are lost") == 1)
        let files = try FileManager.default.contentsOfDirectory(atPath: soak.world.directory.file("data"))
        #expect(files.contains { $0.hasPrefix("ledger.sqlite.corrupt-") }, "\(files)")
        try await soak.finish()
    }

    private static let cannotBeWritten = "the ledger cannot be written"

    /// Expects that polls succeed and count while nothing can be written.
    private func countUnwritten(_ soak: SoakWorld, _ what: String) async throws {
        let failures = try await soak.storageFailures()
        _ = try await eventually("a write that fails") {
            try await soak.injectRekeys()
            return try await soak.storageFailures() > failures ? true : nil
        }
        let polled = try await polls(soak)
        try await soak.injectRekeys()
        _ = try await eventually("a poll of each connector while nothing can be written") {
            let now = try await polls(soak)
            return now.count == Self.connectors && now.allSatisfy { $1 > polled[$0] ?? .infinity }
                ? true : nil
        }
        try await soak.expectTruth("\(what), while it lasts")
        #expect(try await soak.world.scrape().sum("\(World.prefix)poll_success") == Double(Self.connectors))
        #expect(soak.lines(saying: Self.cannotBeWritten) == 1)
        #expect(soak.lines(saying: "the ledger is written again") == 0)
    }

    /// When each connector was polled with success.
    private func polls(_ soak: SoakWorld) async throws -> [String: Double] {
        let family = "\(World.prefix)last_successful_poll_timestamp_seconds{"
        return try await soak.world.scrape().samples.filter { $0.key.hasPrefix(family) }
    }
}
