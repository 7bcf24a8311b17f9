// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Every failure of the disk and of the ledger's files, one after the other.
@Suite(.serialized, .timeLimit(.minutes(5))) struct StorageFaultTests {
    private static let connectors = 3

    @Test func `no failure of the storage makes a count wrong or ends the process`() async throws {
        let soak = try await SoakFixture(
            connectors: Self.connectors,
            flags: ["--life.speed", "0", "--history", "1h"],
            budget: 5000
        )
        try await soak.expectMatchesOracle("the start")
        try soak.recordBaseline()
        for disruption in [SoakFixture.Disruption.diskFull, .ledgerReadOnly] {
            try await soak.apply(disruption, seconds: 0) { try await expectFailedPolls(soak) }
            guard soak.lineCount(event: "storage_failing") > 0 else { continue }
            try await soak.expectMatchesOracle("\(disruption)")
            #expect(soak.lineCount(event: "storage_failing") == 1)
            #expect(soak.lineCount(event: "storage_recovered") == 1)
            try await soak.kill()
            try await soak.expectMatchesOracle("\(disruption) and a restart")
        }
        try await soak.apply(.storageDeleted, seconds: 0) {
            try await expectFailedPolls(soak)
            let lines = soak.fixture.logLines(event: "storage_failing")
            #expect(lines.count == 1 && lines[0].contains("restart"), "\(lines)")
        }
        try await soak.expectMatchesOracle("a deleted storage path and a restart")
        // SQLite may not notice the damage before the restart, because it caches small databases.
        try await soak.apply(.ledgerDamaged, seconds: 0) { try await soak.injectRekeys() }
        try await soak.expectMatchesOracle("a ledger that was damaged in use, and a restart")
        try await soak.apply(.ledgerDamagedAtStart, seconds: 0)
        try await soak.expectMatchesOracle("a ledger that was damaged before a start")
        #expect(soak.lineCount(event: "ledger_set_aside") == 1)
        let files = try FileManager.default.contentsOfDirectory(atPath: soak.fixture.directory.file("data"))
        #expect(files.contains { $0.hasPrefix("ledger.sqlite.corrupt-") }, "\(files)")
        try await soak.finish()
    }

    /// Expects that polls fail with reason "storage", and that the last values stay.
    private func expectFailedPolls(_ soak: SoakFixture) async throws {
        let prefix = ExporterFixture.prefix
        func scrapeAfterFailures(above failures: Double) async throws -> Scrape {
            try await eventually("failed polls of every connector") {
                try await soak.injectRekeys()
                let scrape = try await soak.fixture.scrape()
                let count = scrape.sum("\(prefix)exporter_poll_failures_total", #"reason="storage""#)
                return scrape.sum("\(prefix)poll_success") == 0 && count > failures ? scrape : nil
            }
        }
        // A poll may still succeed while the failure begins, so the values count from the first failures on.
        let before = try await scrapeAfterFailures(above: 0)
        let failures = before.sum("\(prefix)exporter_poll_failures_total", #"reason="storage""#)
        let during = try await scrapeAfterFailures(above: failures)
        let events = "\(prefix)events_total"
        #expect(during.sum(events) == before.sum(events))
        let watermark = "\(prefix)events_complete_until_timestamp_seconds"
        #expect(during.sum(watermark) == before.sum(watermark))
        #expect(soak.lineCount(event: "storage_recovered") == 0)
    }
}
