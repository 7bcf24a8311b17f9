// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct `The log in lasting trouble` {
    @Test(arguments: [1.0, 0.02])
    func `repeats are summarised, whatever share of the requests of fifty connectors fails`(share: Double)
        async throws
    {
        let soak = try await SoakWorld(connectors: 50, flags: ["--life.speed", "0", "--history", "1h"])
        try await soak.expectTruth("the start")
        let kinds = [
            SoakFault(kind: "status", param: "503"), SoakFault(kind: "reset"), SoakFault(kind: "html"),
            SoakFault(kind: "status", param: "403"),
        ]
        // One after the other: of several that befall a request, the first has its way.
        let objects = kinds.map { $0.json(share: share / Double(kinds.count)) }
        let before = soak.logLines
        let failures = try await failures(soak)
        try await soak.world.setFaults("[\(objects.joined(separator: ","))]")
        _ = try await eventually("many failures", within: 120) {
            try await self.failures(soak) > failures + 100 * share ? true : nil
        }
        let lines = soak.logLines - before
        print("share \(share): \(lines) lines for \(Int(try await self.failures(soak) - failures)) failures")
        // Three beginnings and ends of each trouble in five minutes, of polls and of discoveries.
        #expect(lines <= 2 * 3 * 2 * kinds.count)
        try await soak.heal()
        try await soak.injectRekeys()
        try await soak.expectTruth("lasting trouble")
        try await soak.finish()
    }

    private func failures(_ soak: SoakWorld) async throws -> Double {
        try await soak.world.scrape().sum("\(World.prefix)exporter_poll_failures_total")
    }
}
