// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import LinuxSystem
import Polling
import Testing
import TestSupport

@Suite struct RequestBudgetTests {
    @Test(arguments: 1...50)
    func `sends at most the limit in any window`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let limit = Int.random(in: 1...40, using: &random)
        let window = Double.random(in: 1...300, using: &random)
        var budget = RequestBudget(limit: limit, window: window)
        var now: Uptime = 100
        var sent: [Uptime] = []
        for _ in 0..<2000 {
            now +=
                Double.random(in: 0...(window / Double(limit)), using: &random)
                * Double(Int.random(in: 0...1, using: &random))
            let slot = budget.slot(at: now)
            #expect(slot >= now)
            if Bool.random(using: &random) { now = slot }
            guard budget.slot(at: now) <= now else { continue }
            budget.sendRequest(at: now)
            sent.append(now)
        }
        for (index, start) in sent.enumerated() {
            let inWindow = sent[index...].prefix { $0 < start + window }.count
            #expect(inWindow <= limit, "seed \(seed): \(inWindow) of \(limit)")
        }
        #expect(sent.count > limit)
    }

    @Test func `frees a place one window after the request in it`() {
        var budget = RequestBudget(limit: 3, window: 60)
        for time: Uptime in [0, 10, 20] { budget.sendRequest(at: time) }
        #expect(budget.slot(after: 0, at: 30) == 60)
        #expect(budget.slot(after: 1, at: 30) == 70)
        #expect(budget.slot(after: 2, at: 30) == 80)
        #expect(budget.remaining(at: 30) == 0)
        #expect(budget.remaining(at: 60) == 1)
        #expect(budget.remaining(at: 61) == 1)
    }

    @Test func `a 429 blocks the token until Retry-After, or for five minutes`() {
        var budget = RequestBudget(limit: 100, window: 300)
        budget.block(for: 30, at: 0)
        #expect(budget.isBlocked(at: 29))
        #expect(budget.remaining(at: 29) == 0)
        #expect(budget.slot(at: 5) == 30)
        #expect(!budget.isBlocked(at: 30))
        budget.block(for: nil, at: 100)
        #expect(budget.slot(at: 100) == 400)
        budget.block(for: 1, at: 110)
        #expect(budget.slot(at: 110) == 400, "a shorter block does not end a longer one")
    }

    @Test(arguments: [-5, 0, 0.5, 3600, 3601, 1e12, .infinity])
    func `a 429 blocks the token for one second to one hour`(seconds: Double) {
        var budget = RequestBudget(limit: 100, window: 300)
        budget.block(for: seconds, at: 10)
        #expect(budget.slot(at: 10) == Uptime(seconds: 10 + min(max(seconds, 1), 3600)))
    }

    @Test func `obeys the server's count if it is stricter`() {
        var budget = RequestBudget(limit: 100, window: 300)
        budget.obey(RateLimit(remaining: 2, resetAfter: .seconds(40)), at: 0)
        #expect(budget.remaining(at: 1) == 2)
        budget.sendRequest(at: 1)
        budget.sendRequest(at: 1)
        #expect(budget.slot(at: 2) == 40)
        #expect(budget.slot(at: 41) == 41)
        budget.obey(RateLimit(remaining: 0, resetAfter: .seconds(999_999)), at: 50)
        #expect(budget.slot(at: 50) == 50, "a reset after days is a mistake")
    }

    @Test func `keeps spent requests when the limits change`() {
        var budget = RequestBudget(limit: 10, window: 60)
        for _ in 0..<8 { budget.sendRequest(at: 5) }
        budget.adoptLimits(of: RequestBudget(limit: 9, window: 60), at: 10)
        #expect(budget.remaining(at: 10) == 1)
        #expect(budget.slot(after: 1, at: 10) == 65)
    }

    @Test func `a request under way keeps its place until one window after its answer`() {
        var budget = RequestBudget(limit: 2, window: 60)
        budget.startRequest(at: 0)
        budget.startRequest(at: 0)
        #expect(budget.remaining(at: 0) == 0)
        #expect(budget.slot(at: 100) == 160, "it is still under way")
        budget.finishRequest(at: 100)
        #expect(budget.remaining(at: 159) == 0)
        #expect(budget.slot(at: 120) == 160)
        #expect(budget.remaining(at: 160) == 1)
        budget.finishRequest(at: 170)
        #expect(budget.slot(after: 1, at: 170) == 230)
    }
}

extension RequestBudget {
    /// Sends a request that is answered at once.
    fileprivate mutating func sendRequest(at now: Uptime) {
        startRequest(at: now)
        finishRequest(at: now)
    }
}
