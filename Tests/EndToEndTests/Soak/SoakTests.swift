// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What `make soak` asks for.
private enum SoakOrder {
    /// `SOAK_SECONDS`; `nil` where no soak is asked for.
    static let seconds = ProcessInfo.processInfo.environment["SOAK_SECONDS"].flatMap { Double($0) }

    /// `SOAK_SEED`, or one of the moment.
    static let seed =
        ProcessInfo.processInfo.environment["SOAK_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999)
}

@Suite(.serialized, .enabled(if: SoakOrder.seconds != nil, "SOAK_SECONDS is not set")) struct `A soak` {
    @Test func `everything goes wrong at once for a while, and nothing is lost`() async throws {
        let seed = SoakOrder.seed
        print("soak: \(Int(SoakOrder.seconds ?? 0)) seconds, SOAK_SEED=\(seed)")
        let end = Date.now.addingTimeInterval(SoakOrder.seconds ?? 0)
        var random = SeededRandom(seed: seed)
        let soak = try await SoakWorld(
            connectors: 8,
            flags: [
                "--seed", "\(seed)", "--life.speed", "60", "--history", "6h", "--late-share", "0.02",
                "--unknown-kinds", "0.02", "--order",
                Bool.random(using: &random) ? "oldest-first" : "newest-first",
            ]
        )
        try await soak.expectTruth("the start")
        try soak.noteBegin()
        var round = 0
        while Date.now < end {
            round += 1
            try await worsen(soak, using: &random)
            guard round % 6 == 0 else { continue }
            try await soak.heal()
            try await soak.expectTruth("round \(round) of SOAK_SEED=\(seed)")
        }
        try await soak.heal()
        try await soak.expectTruth("the whole of SOAK_SEED=\(seed)")
        try await soak.finish()
        #expect(soak.report.differences == 0)
    }

    /// A few faults of answers at once, and as often as not a trouble on top of them.
    private func worsen(_ soak: SoakWorld, using random: inout SeededRandom) async throws {
        let count = Int.random(in: 1...6, using: &random)
        let objects = (0..<count).map { _ in fault(soak, using: &random) }
        try await soak.world.setFaults("[\(objects.joined(separator: ","))]")
        try await soak.inject(Int.random(in: 1...30, using: &random), using: &random)
        let seconds = Double.random(in: 0.2...3, using: &random)
        if Bool.random(using: &random), let trouble = SoakWorld.Trouble.allCases.randomElement(using: &random)
        {
            // Now and then a process sleeps for longer than its own watchdog has patience.
            let isLong = trouble == .stop && Int.random(in: 0..<4, using: &random) == 0
            try await soak.suffer(trouble, seconds: isLong ? min(65, (SoakOrder.seconds ?? 0) / 4) : seconds)
        } else {
            try await Task.sleep(for: .seconds(seconds))
        }
        try soak.expectRunning()
        try await soak.inject(Int.random(in: 1...30, using: &random), using: &random)
    }

    private func fault(_ soak: SoakWorld, using random: inout SeededRandom) -> String {
        let share: Double = [1.0, 0.5, 0.1].randomElement(using: &random) ?? 1.0
        if Int.random(in: 0..<5, using: &random) == 0 {
            let fault = SoakFault.inventories.randomElement(using: &random)
            return fault?.json(connector: soak.connectors.randomElement(using: &random), share: share) ?? ""
        }
        let endpoint = ["events", "event", "latest", "connectors", nil].randomElement(using: &random) ?? nil
        let connector = Bool.random(using: &random) ? soak.connectors.randomElement(using: &random) : nil
        let isOfOne = endpoint != "connectors"
        return SoakFault.anywhere.randomElement(using: &random)?
            .json(endpoint: endpoint, connector: isOfOne ? connector : nil, share: share) ?? ""
    }
}
