// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct `A short budget` {
    @Test func `more connectors than the budget allows stretch the interval, and Cloudflare never says stop`()
        async throws
    {
        let world = try await World([
            "--connectors", "20", "--life.speed", "0", "--history", "2h", "--rate-limit", "60",
            "--rate-limit.window", "5s",
            "--rate-limit.block", "5s",
        ])
        let configuration = try String(contentsOfFile: world.configurationFile, encoding: .utf8)
        _ = try world.directory.write(
            configuration.replacing("max_requests: 1000000", with: "max_requests: 50\n  per: 5s"),
            to: "config.yml"
        )
        try await world.startExporter()
        try await world.expectTruth(within: 120)
        _ = try await eventually("several windows' worth of requests", within: 60) {
            try await world.scrape().sum("\(World.prefix)exporter_api_requests_total") >= 200 ? true : nil
        }
        let interval = try await world.scrape().sum("\(World.prefix)poll_interval_seconds")
        #expect(interval > 1.5, "20 connectors at 8 polls a second")
        let requests = try await world.web.ask("\(world.api)/control/requests")
        #expect(!requests.body.contains("\"429\""), "\(requests.body)")
        #expect(requests.body.contains("\"200\""), "\(requests.body)")
    }

    @Test func `kills buy no requests: no window sees more than the budget`() async throws {
        let budget = 100
        // Cloudflare's own limit is the budget to the request: one more, and the token is blocked.
        let world = try await World([
            "--connectors", "20", "--life.speed", "0", "--history", "1h", "--rate-limit", "\(budget)",
            "--rate-limit.window", "10s", "--rate-limit.block", "5s",
        ])
        let configuration = try String(contentsOfFile: world.configurationFile, encoding: .utf8)
        _ = try world.directory.write(
            configuration.replacing("max_requests: 1000000", with: "max_requests: \(budget)\n  per: 10s"),
            to: "config.yml"
        )
        struct Requests: Decodable {
            let total: Int
            let peak: Int
            let by_status: [String: Int]
        }
        func requests() async throws -> Requests { try await world.control("requests", as: Requests.self) }
        var random = SeededRandom(seed: 36)
        try await world.startExporter()
        for _ in 0..<6 {
            let before = try await requests().total
            let some = Int.random(in: 1...budget / 2, using: &random)
            _ = try await eventually("\(some) requests") {
                try await requests().total >= before + some ? true : nil
            }
            await world.killExporter()
            try await world.startExporter()
        }
        try await world.expectTruth(within: 120)
        let end = try await requests()
        print("kills: \(end.total) requests, at most \(end.peak) in any window of \(budget)")
        #expect(end.peak <= budget)
        #expect(end.peak > budget / 2, "a budget that nobody needs proves nothing")
        #expect(end.by_status["429"] == nil)
    }
}
