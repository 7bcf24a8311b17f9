// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import TestSupport
import Testing

@Suite struct TokenBucketTests {
    @Test func `starts full and gains one token per interval`() {
        var bucket = TokenBucket(interval: .seconds(2), burst: 3)
        let start = Duration.seconds(1000)
        for _ in 0..<3 { #expect(bucket.take(at: start) == nil) }
        #expect(bucket.take(at: start) == .seconds(2))
        #expect(bucket.take(at: start + .milliseconds(1999)) == .milliseconds(1))
        #expect(bucket.take(at: start + .seconds(2)) == nil)
        #expect(bucket.take(at: start + .seconds(2)) == .seconds(2))
    }

    @Test func `never holds more tokens than the burst`() {
        var bucket = TokenBucket(interval: .seconds(1), burst: 2)
        #expect(bucket.take(at: .zero) == nil)
        let later = Duration.seconds(1_000_000)
        #expect(bucket.take(at: later) == nil)
        #expect(bucket.take(at: later) == nil)
        #expect(bucket.take(at: later) == .seconds(1))
    }

    /// The model counts tokens in parts of an interval, and takes one if it holds a whole one.
    @Test func `passes as many requests as a naive model`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let interval = Int.random(in: 1...50, using: &random)
            let burst = Int.random(in: 1...8, using: &random)
            var bucket = TokenBucket(interval: .milliseconds(interval), burst: burst)
            var now = 0
            // The unit is 1/interval of a token, so that all numbers are integers.
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
