// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Every fault once, as many at a time as there are connectors.
@Suite(.serialized, .timeLimit(.minutes(10))) struct FaultTableTests {
    private static let connectors = 25

    @Test func `no response makes a count wrong or ends the process`() async throws {
        let soak = try await SoakFixture(
            connectors: Self.connectors,
            flags: ["--life.speed", "0", "--history", "1h"],
            budget: 5000
        )
        try await soak.expectMatchesOracle("the start")
        try soak.recordBaseline()
        let rounds = [
            ("events", SoakFault.statuses + SoakFault.bodies + SoakFault.encodings),
            ("event", SoakFault.ofPayloads.filter { !["shuffle", "duplicate_items"].contains($0.kind) }),
            ("latest", SoakFault.ofPayloads),
            ("snapshots_latest", SoakFault.snapshots + SoakFault.bodies),
            // A 429 blocks the token, and with it every connector.
            ("events", SoakFault.refusals + SoakFault.limits),
        ]
        for (endpoint, faults) in rounds {
            for start in stride(from: 0, to: faults.count, by: Self.connectors) {
                try await apply(
                    Array(faults[start..<min(start + Self.connectors, faults.count)]),
                    endpoint,
                    soak
                )
            }
        }
        try await soak.finish()
    }

    @Test func `no list of connectors makes a count wrong or ends the process`() async throws {
        let soak = try await SoakFixture(connectors: 6, flags: ["--life.speed", "0", "--history", "2h"])
        try await soak.expectMatchesOracle("the start")
        try soak.recordBaseline()
        let encodings = SoakFault.encodings.filter { ["invalid_utf8", "deep_json"].contains($0.kind) }
        let bodies = SoakFault.bodies.filter { ["stall", "gzip", "html", "endless_body"].contains($0.kind) }
        for fault in SoakFault.connectorLists + [SoakFault.statuses[3], SoakFault.statuses[19]] + bodies
            + encodings
        {
            try await applyToAll(fault, endpoint: "connectors", soak)
        }
        // Until the series end.
        try await soak.fixture.setFaults("[\(SoakFault(kind: "vanish").json(connector: soak.connectors[2]))]")
        _ = try await eventually("the end of the series", within: 30) {
            try await soak.fixture.scrape().samples.keys.contains { $0.contains(soak.connectors[2]) }
                ? nil : true
        }
        try await soak.injectRekeys()
        try await soak.clearAllFaults()
        try await soak.expectMatchesOracle("a connector that vanished and returned")
        try await soak.finish()
    }

    @Test func `no disruption of network, clock or process makes a count wrong or ends the process`()
        async throws
    {
        let soak = try await SoakFixture(
            connectors: 3,
            flags: ["--life.speed", "20", "--history", "1h"],
            budget: 5000
        )
        try await soak.expectMatchesOracle("the start")
        try soak.recordBaseline()
        var random = SeededRandom(seed: 35)
        let disruptions = SoakFixture.Disruption.allCases.filter {
            !SoakFixture.Disruption.ofStorage.contains($0)
        }
        for (number, disruption) in disruptions.enumerated() {
            try await soak.inject(20, using: &random)
            try await soak.apply(disruption, seconds: 1.2)
            try await soak.inject(20, using: &random)
            let isLast = number == disruptions.count - 1
            if number % 3 == 2 || isLast {
                try await soak.expectMatchesOracle("\(disruptions[...number].suffix(3))")
            }
        }
        try await soak.finish()
    }

    /// Applies each fault to a connector of its own, all at the same time.
    private func apply(_ faults: [SoakFault], _ endpoint: String, _ soak: SoakFixture) async throws {
        let before = try await soak.requests().by_fault
        let objects = zip(faults, soak.connectors).map { $0.json(endpoint: endpoint, connector: $1) }
        try await soak.fixture.setFaults("[\(objects.joined(separator: ","))]")
        var missing = Array(faults.indices)
        for _ in 0..<10 where !missing.isEmpty {
            // The exporter requests a single missing payload by itself, and several by `latest`.
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
        #expect(missing.map { faults[$0].description } == [], "these faults affected no request")
        try await soak.injectRekeys()
        try await soak.clearAllFaults()
        try await soak.expectMatchesOracle("\(faults.map(\.description)) of \(endpoint)")
    }

    /// Applies a fault to all requests of an endpoint, until one was affected.
    private func applyToAll(_ fault: SoakFault, endpoint: String, _ soak: SoakFixture) async throws {
        let before = try await soak.requests().by_fault[fault.description, default: 0]
        try await soak.fixture.setFaults("[\(fault.json(endpoint: endpoint))]")
        _ = try await eventually("\(fault)", within: 20) {
            try await soak.requests().by_fault[fault.description, default: 0] > before ? true : nil
        }
        try soak.expectRunning()
    }
}
