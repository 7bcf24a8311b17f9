// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import TestSupport
import Testing

@Suite struct `A token bucket` {
    @Test func `it is full at first, and one more comes with each interval`() {
        var bucket = TokenBucket(interval: .seconds(2), burst: 3)
        let start = Duration.seconds(1000)
        for _ in 0..<3 { #expect(bucket.take(at: start) == nil) }
        #expect(bucket.take(at: start) == .seconds(2))
        #expect(bucket.take(at: start + .milliseconds(1999)) == .milliseconds(1))
        #expect(bucket.take(at: start + .seconds(2)) == nil)
        #expect(bucket.take(at: start + .seconds(2)) == .seconds(2))
    }

    @Test func `it never holds more than the burst, however long nobody came`() {
        var bucket = TokenBucket(interval: .seconds(1), burst: 2)
        #expect(bucket.take(at: .zero) == nil)
        let later = Duration.seconds(1_000_000)
        #expect(bucket.take(at: later) == nil)
        #expect(bucket.take(at: later) == nil)
        #expect(bucket.take(at: later) == .seconds(1))
    }

    /// Counts by a list of all that were let through: no window of time holds more than the burst and what came into the
    /// bucket meanwhile, and nobody is refused while there is one.
    @Test func `whenever requests come, as many pass as a slow reader of the rule lets through`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let interval = Int.random(in: 1...50, using: &random)
            let burst = Int.random(in: 1...8, using: &random)
            var bucket = TokenBucket(interval: .milliseconds(interval), burst: burst)
            var now = 0
            // In intervals' parts, so that everything is whole.
            var held = burst * interval
            for _ in 0..<200 {
                let step = Int.random(in: 0...(2 * interval), using: &random)
                now += step
                held = min(burst * interval, held + step)
                let expected = held >= interval
                let wait = bucket.take(at: .milliseconds(now))
                #expect((wait == nil) == expected, "seed \(seed)")
                if expected {
                    held -= interval
                } else {
                    #expect(wait == .milliseconds(interval - held), "seed \(seed)")
                }
            }
        }
    }
}
