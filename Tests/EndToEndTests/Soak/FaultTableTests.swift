// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Every single fault once, as many at a time as there are connectors to befall.
@Suite(.serialized, .timeLimit(.minutes(10))) struct `Every fault once` {
    private static let connectors = 25

    @Test func `no answer makes a count wrong or ends the process`() async throws {
        let soak = try await SoakWorld(
            connectors: Self.connectors,
            flags: ["--life.speed", "0", "--history", "1h"],
            budget: 5000
        )
        try await soak.expectTruth("the start")
        try soak.noteBegin()
        let rounds = [
            ("events", SoakFault.statuses + SoakFault.bodies + SoakFault.tellings),
            ("event", SoakFault.ofPayloads.filter { !["shuffle", "duplicate_items"].contains($0.kind) }),
            ("latest", SoakFault.ofPayloads),
            // These stop the token for a while, and with it all others.
            ("events", SoakFault.refusals + SoakFault.limits),
        ]
        for (endpoint, faults) in rounds {
            for start in stride(from: 0, to: faults.count, by: Self.connectors) {
                try await befall(
                    Array(faults[start..<min(start + Self.connectors, faults.count)]),
                    endpoint,
                    soak
                )
            }
        }
        try await soak.finish()
    }

    @Test func `no list of connectors makes a count wrong or ends the process`() async throws {
        let soak = try await SoakWorld(connectors: 6, flags: ["--life.speed", "0", "--history", "2h"])
        try await soak.expectTruth("the start")
        try soak.noteBegin()
        let tellings = SoakFault.tellings.filter { ["invalid_utf8", "deep_json"].contains($0.kind) }
        let bodies = SoakFault.bodies.filter { ["stall", "gzip", "html", "endless_body"].contains($0.kind) }
        for fault in SoakFault.inventories + [SoakFault.statuses[3], SoakFault.statuses[19]] + bodies
            + tellings
        {
            try await befallAll(fault, endpoint: "connectors", soak)
        }
        // Long enough to be gone from the metrics, and then back.
        try await soak.world.setFaults("[\(SoakFault(kind: "vanish").json(connector: soak.connectors[2]))]")
        _ = try await eventually("a connector that is gone", within: 30) {
            try await soak.world.scrape().samples.keys.contains { $0.contains(soak.connectors[2]) }
                ? nil : true
        }
        try await soak.injectRekeys()
        try await soak.heal()
        try await soak.expectTruth("a connector that vanished and returned")
        try await soak.finish()
    }

    @Test func `no trouble with network, clock or process makes a count wrong or ends it`() async throws {
        let soak = try await SoakWorld(
            connectors: 3,
            flags: ["--life.speed", "20", "--history", "1h"],
            budget: 5000
        )
        try await soak.expectTruth("the start")
        try soak.noteBegin()
        var random = SeededRandom(seed: 35)
        let troubles = SoakWorld.Trouble.allCases.filter { !SoakWorld.Trouble.ofStorage.contains($0) }
        for (number, trouble) in troubles.enumerated() {
            try await soak.inject(20, using: &random)
            try await soak.suffer(trouble, seconds: 1.2)
            try await soak.inject(20, using: &random)
            let isLast = number == troubles.count - 1
            if number % 3 == 2 || isLast { try await soak.expectTruth("\(troubles[...number].suffix(3))") }
        }
        try await soak.finish()
    }

    /// Lets each fault befall a connector of its own, all at the same time.
    private func befall(_ faults: [SoakFault], _ endpoint: String, _ soak: SoakWorld) async throws {
        let before = try await soak.requests().by_fault
        let objects = zip(faults, soak.connectors).map { $0.json(endpoint: endpoint, connector: $1) }
        try await soak.world.setFaults("[\(objects.joined(separator: ","))]")
        var missing = Array(faults.indices)
        for _ in 0..<10 where !missing.isEmpty {
            // The newest events tell payloads where several are missing or it is time to look at them anyway; one that is
            // missing alone is asked for by itself.
            let kinds =
                endpoint == "event" ? ["RekeyStart"] : ["RekeyStart", "RekeyAdvance", "RekeyComplete"]
            try await soak.injectRekeys(kinds, on: missing)
            _ = try? await eventually("each fault", within: 4) {
                let counts = try await soak.requests().by_fault
                missing = faults.indices.filter { index in
                    let name = faults[index].description
                    return counts[name, default: 0] <= before[name, default: 0]
                }
                return missing.isEmpty ? true : nil
            }
        }
        #expect(missing.map { faults[$0].description } == [], "these befell nothing")
        try await soak.injectRekeys()
        try await soak.heal()
        try await soak.expectTruth("\(faults.map(\.description)) of \(endpoint)")
    }

    /// Lets a fault befall all requests of an endpoint, until it has.
    private func befallAll(_ fault: SoakFault, endpoint: String, _ soak: SoakWorld) async throws {
        let before = try await soak.requests().by_fault[fault.description, default: 0]
        try await soak.world.setFaults("[\(fault.json(endpoint: endpoint))]")
        _ = try await eventually("\(fault)", within: 20) {
            try await soak.requests().by_fault[fault.description, default: 0] > before ? true : nil
        }
        try soak.expectRunning()
    }
}
