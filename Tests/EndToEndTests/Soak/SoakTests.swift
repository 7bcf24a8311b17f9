// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The settings of `make soak`.
private enum SoakSettings {
    /// `SOAK_SECONDS`; `nil` if the soak is off.
    static let seconds = ProcessInfo.processInfo.environment["SOAK_SECONDS"].flatMap { Double($0) }

    /// `SOAK_SEED`, or a random seed.
    static let seed =
        ProcessInfo.processInfo.environment["SOAK_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999)
}

@Suite(.serialized, .enabled(if: SoakSettings.seconds != nil, "SOAK_SECONDS is not set")) struct SoakTests {
    /// A lost ledger imports the history of the soak again, within the budget.
    private static let catchUpSeconds = 240.0

    @Test func `faults in random combinations lose no event and count none twice`() async throws {
        let seed = SoakSettings.seed
        print("soak: \(Int(SoakSettings.seconds ?? 0)) seconds, SOAK_SEED=\(seed)")
        let end = Date.now.addingTimeInterval(SoakSettings.seconds ?? 0)
        var random = SeededRandom(seed: seed)
        let soak = try await SoakFixture(
            connectors: 8,
            flags: [
                "--seed", "\(seed)", "--life.speed", "60", "--history", "6h", "--late-share", "0.02",
                "--unknown-kinds", "0.02", "--order",
                Bool.random(using: &random) ? "oldest-first" : "newest-first",
            ]
        )
        try await soak.expectMatchesOracle("the start")
        try soak.recordBaseline()
        var round = 0
        while Date.now < end {
            round += 1
            try await injectRandomFaults(soak, using: &random)
            guard round % 6 == 0 else { continue }
            try await soak.clearAllFaults()
            try await soak.expectMatchesOracle(
                "round \(round) of SOAK_SEED=\(seed)",
                within: Self.catchUpSeconds
            )
        }
        try await soak.clearAllFaults()
        try await soak.expectMatchesOracle("the whole of SOAK_SEED=\(seed)", within: Self.catchUpSeconds)
        try await soak.finish()
        #expect(soak.report.differences == 0)
    }

    /// Applies some faults of responses, and in half of the rounds a disruption as well.
    private func injectRandomFaults(_ soak: SoakFixture, using random: inout SeededRandom) async throws {
        let count = Int.random(in: 1...6, using: &random)
        let objects = (0..<count).map { _ in fault(soak, using: &random) }
        try await soak.fixture.setFaults("[\(objects.joined(separator: ","))]")
        try await soak.inject(Int.random(in: 1...30, using: &random), using: &random)
        let seconds = Double.random(in: 0.2...3, using: &random)
        if Bool.random(using: &random),
            let disruption = SoakFixture.Disruption.allCases.randomElement(using: &random)
        {
            // Sometimes the process is stopped for longer than the health check allows.
            let isLong = disruption == .stop && Int.random(in: 0..<4, using: &random) == 0
            try await soak.apply(
                disruption,
                seconds: isLong ? min(65, (SoakSettings.seconds ?? 0) / 4) : seconds
            )
        } else {
            try await Task.sleep(for: .seconds(seconds))
        }
        try soak.expectRunning()
        try await soak.inject(Int.random(in: 1...30, using: &random), using: &random)
    }

    private func fault(_ soak: SoakFixture, using random: inout SeededRandom) -> String {
        let share: Double = [1.0, 0.5, 0.1].randomElement(using: &random) ?? 1.0
        if Int.random(in: 0..<5, using: &random) == 0 {
            let fault = SoakFault.connectorLists.randomElement(using: &random)
            return fault?.json(connector: soak.connectors.randomElement(using: &random), share: share) ?? ""
        }
        let endpoint =
            ["events", "event", "latest", "snapshots_latest", "connectors", nil].randomElement(using: &random)
            ?? nil
        let connector = Bool.random(using: &random) ? soak.connectors.randomElement(using: &random) : nil
        let isOfOne = endpoint != "connectors"
        if endpoint == "snapshots_latest", Bool.random(using: &random) {
            return SoakFault.snapshots.randomElement(using: &random)?
                .json(endpoint: endpoint, connector: connector, share: share) ?? ""
        }
        // A late event that is listed, but does not exist at its own address, is taken to have no payload.
        let faults = SoakFault.anywhere.filter { fault in
            fault.param != "404" || !(endpoint == nil || endpoint == "event")
        }
        return faults.randomElement(using: &random)?
            .json(endpoint: endpoint, connector: isOfOne ? connector : nil, share: share) ?? ""
    }
}
