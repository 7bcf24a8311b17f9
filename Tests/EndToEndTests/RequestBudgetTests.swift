// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The request budget, against a simulator that blocks the token as soon as it is exceeded.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RequestBudgetTests {
    @Test func `too many connectors for the budget stretch the interval without a 429`()
        async throws
    {
        // Cloudflare's limit equals the budget: one request too many, and the token is blocked.
        let fixture = try await ExporterFixture(
            [
                "--connectors", "20", "--life.speed", "0", "--history", "2h", "--rate-limit", "50",
                "--rate-limit.window", "5s", "--rate-limit.block", "5s",
            ],
            budget: ["max_requests: 50", "per: 5s"]
        )
        try await fixture.startExporter()
        try await fixture.expectMatchesOracle(within: 120)
        _ = try await eventually("the requests of several windows", within: 60) {
            try await fixture.scrape().sum("\(ExporterFixture.prefix)exporter_api_requests_total") >= 200
                ? true : nil
        }
        let interval = try await fixture.scrape().sum("\(ExporterFixture.prefix)poll_interval_seconds")
        #expect(interval > 1.5, "20 connectors at 8 polls a second")
        let requests = try await fixture.http.get("\(fixture.api)/control/requests")
        #expect(!requests.body.contains("\"429\""), "\(requests.body)")
        #expect(requests.body.contains("\"200\""), "\(requests.body)")
    }

    @Test func `restarts do not reset the budget`() async throws {
        let budget = 100
        let fixture = try await ExporterFixture(
            [
                "--connectors", "20", "--life.speed", "0", "--history", "1h", "--rate-limit", "\(budget)",
                "--rate-limit.window", "10s", "--rate-limit.block", "5s",
            ],
            budget: ["max_requests: \(budget)", "per: 10s"]
        )
        struct Requests: Decodable {
            let total: Int
            let peak: Int
            let by_status: [String: Int]
        }
        func requests() async throws -> Requests { try await fixture.control("requests", as: Requests.self) }
        var random = SeededRandom(seed: 36)
        try await fixture.startExporter()
        for _ in 0..<6 {
            let before = try await requests().total
            let count = Int.random(in: 1...budget / 2, using: &random)
            _ = try await eventually("\(count) requests") {
                try await requests().total >= before + count ? true : nil
            }
            await fixture.killExporter()
            try await fixture.startExporter()
        }
        try await fixture.expectMatchesOracle(within: 120)
        let end = try await requests()
        print("kills: \(end.total) requests, at most \(end.peak) in any window of \(budget)")
        #expect(end.peak <= budget)
        #expect(end.peak > budget / 2, "the test must use most of the budget")
        #expect(end.by_status["429"] == nil)
    }
}
