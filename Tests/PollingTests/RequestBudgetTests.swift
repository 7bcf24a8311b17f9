// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import Polling
import Testing
import TestSupport

@Suite struct `Request budget` {
    @Test(arguments: 1...50)
    func `no window of any position holds more than the limit`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let limit = Int.random(in: 1...40, using: &random)
        let window = Double.random(in: 1...300, using: &random)
        var budget = RequestBudget(limit: limit, window: window)
        var now = 100.0
        var sent: [Double] = []
        for _ in 0..<2000 {
            now +=
                Double.random(in: 0...(window / Double(limit)), using: &random)
                * Double(Int.random(in: 0...1, using: &random))
            let slot = budget.slot(at: now)
            #expect(slot >= now)
            if Bool.random(using: &random) { now = slot }
            guard budget.slot(at: now) <= now else { continue }
            budget.spend(at: now)
            sent.append(now)
        }
        for (index, start) in sent.enumerated() {
            let inWindow = sent[index...].prefix { $0 < start + window }.count
            #expect(inWindow <= limit, "seed \(seed): \(inWindow) of \(limit)")
        }
        #expect(sent.count > limit)
    }

    @Test func `the next places in the line are one window after what is in front of them`() {
        var budget = RequestBudget(limit: 3, window: 60)
        for time in [0.0, 10, 20] { budget.spend(at: time) }
        #expect(budget.slot(after: 0, at: 30) == 60)
        #expect(budget.slot(after: 1, at: 30) == 70)
        #expect(budget.slot(after: 2, at: 30) == 80)
        #expect(budget.remaining(at: 30) == 0)
        #expect(budget.remaining(at: 60) == 1)
        #expect(budget.remaining(at: 61) == 1)
    }

    @Test func `a 429 silences the token for as long as the server says, or for five minutes`() {
        var budget = RequestBudget(limit: 100, window: 300)
        budget.silence(for: 30, at: 0)
        #expect(budget.isSilenced(at: 29))
        #expect(budget.remaining(at: 29) == 0)
        #expect(budget.slot(at: 5) == 30)
        #expect(!budget.isSilenced(at: 30))
        budget.silence(for: nil, at: 100)
        #expect(budget.slot(at: 100) == 400)
        budget.silence(for: 1, at: 110)
        #expect(budget.slot(at: 110) == 400, "a shorter silence does not end a longer one")
    }

    @Test(arguments: [-5, 0, 0.5, 3600, 3601, 1e12, .infinity])
    func `a 429 silences the token for a second at least and an hour at most`(seconds: Double) {
        var budget = RequestBudget(limit: 100, window: 300)
        budget.silence(for: seconds, at: 10)
        #expect(budget.slot(at: 10) == 10 + min(max(seconds, 1), 3600))
    }

    @Test func `the server's own count is obeyed where it is stricter`() {
        var budget = RequestBudget(limit: 100, window: 300)
        budget.obey(RateLimit(remaining: 2, resetAfter: .seconds(40), quota: nil, window: nil), at: 0)
        #expect(budget.remaining(at: 1) == 2)
        budget.spend(at: 1)
        budget.spend(at: 1)
        #expect(budget.slot(at: 2) == 40)
        #expect(budget.slot(at: 41) == 41)
        budget.obey(RateLimit(remaining: 0, resetAfter: .seconds(999_999), quota: nil, window: nil), at: 50)
        #expect(budget.slot(at: 50) == 50, "nobody silences a token for days")
    }

    @Test func `another limit forgets nothing that was spent`() {
        var budget = RequestBudget(limit: 10, window: 60)
        for _ in 0..<8 { budget.spend(at: 5) }
        let changed = budget.withLimit(9, window: 60, at: 10)
        #expect(changed.remaining(at: 10) == 1)
        #expect(changed.slot(after: 1, at: 10) == 65)
    }
}
