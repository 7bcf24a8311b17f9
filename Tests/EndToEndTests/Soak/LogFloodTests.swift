// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct LogFloodTests {
    @Test(arguments: [1.0, 0.02])
    func `summarises repeated failures of fifty connectors`(share: Double)
        async throws
    {
        let soak = try await SoakFixture(connectors: 50, flags: ["--life.speed", "0", "--history", "1h"])
        try await soak.expectMatchesOracle("the start")
        let kinds = [
            SoakFault(kind: "status", param: "503"), SoakFault(kind: "reset"), SoakFault(kind: "html"),
            SoakFault(kind: "status", param: "403"),
        ]
        // The simulator applies the first fault that matches a request.
        let objects = kinds.map { $0.json(share: share / Double(kinds.count)) }
        let before = soak.logLines
        let failures = try await failures(soak)
        try await soak.fixture.setFaults("[\(objects.joined(separator: ","))]")
        _ = try await eventually("many failures", within: 120) {
            try await self.failures(soak) > failures + 100 * share ? true : nil
        }
        let lines = soak.logLines - before
        print("share \(share): \(lines) lines for \(Int(try await self.failures(soak) - failures)) failures")
        // At most three starts and ends of each failure in five minutes, for polls and for discoveries.
        #expect(lines <= 2 * 3 * 2 * kinds.count)
        try await soak.clearAllFaults()
        try await soak.injectRekeys()
        try await soak.expectMatchesOracle("lasting failures")
        try await soak.finish()
    }

    private func failures(_ soak: SoakFixture) async throws -> Double {
        try await soak.fixture.scrape().sum("\(ExporterFixture.prefix)exporter_poll_failures_total")
    }
}
