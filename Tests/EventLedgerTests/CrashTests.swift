// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Foundation
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(5))) struct CrashTests {
    /// Each process polls from the start, as polls do after a crash, and is killed at a random time.
    @Test(arguments: [UInt64(3), 11, 42])
    func `loses and repeats no event across SIGKILL at random times`(seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        for round in 0..<12 {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, seed = seed as UInt64, round = round as Int] in
                var random = SeededRandom(seed: seed &+ UInt64(round) &* 7919)
                let delay = Double.random(in: 0.002...0.06, using: &random)
                let fixture = LedgerFixture(count: 3000, seed: seed)
                let ledger = try await LedgerFixture.open(path)
                Thread.detachNewThread {
                    Thread.sleep(forTimeInterval: delay)
                    kill(getpid(), SIGKILL)
                }
                while true {
                    let arrivals = fixture.events.shuffled(using: &random)
                    for start in stride(from: 0, to: arrivals.count, by: 40) {
                        let page = Array(arrivals[start..<min(start + 40, arrivals.count)])
                        _ = try await ledger.ingest(page, of: LedgerFixture.key)
                        _ = try await ledger.savePayloads(fixture.payloads, of: LedgerFixture.key)
                        _ = try await ledger.updateState(of: LedgerFixture.key)
                    }
                }
            }
        }
        let fixture = LedgerFixture(count: 3000, seed: seed)
        let ledger = try await LedgerFixture.open(path)
        _ = try await ledger.ingest(fixture.events, of: LedgerFixture.key)
        _ = try await ledger.savePayloads(fixture.payloads, of: LedgerFixture.key)
        let record = try #require(try await ledger.updateState(of: LedgerFixture.key))
        #expect(record.countsByName == fixture.counts)
        #expect(record.newestByName == fixture.newest)
        #expect(record.state == fixture.state)
        #expect(ledger.histograms(of: LedgerFixture.account)[.deliveryDelay].count == fixture.events.count)
    }
}
