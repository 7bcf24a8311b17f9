// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import TestSupport
import Testing

@testable import Exporter

struct TimelineRangeTests {
    @Test func `shows the last seven days in hours`() {
        let range = TimelineRange(since: nil, until: nil, now: 1_790_000_000)
        #expect(range.interval == 3600)
        #expect(range.segment == 86_400 && range.segments == 8)
        #expect(range.start <= 1_790_000_000 - 7 * 86_400 && range.end > 1_790_000_000)
    }

    @Test func `contains the times of any filter in at most 300 intervals`() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<2000 {
            let length = Double.random(in: 0...8 * 31_536_000, using: &random)
            let until = Timestamp(Double.random(in: 3e8...2e9, using: &random).rounded())
            let since = until - (length * Double.random(in: 0...1, using: &random)).rounded()
            let range = TimelineRange(since: since, until: until, now: 0)
            #expect(range.start <= since.wholeSeconds && range.end > until.wholeSeconds)
            #expect((1...9).contains(range.segments) && range.intervals <= 9 * 73)
            #expect(range.segment.isMultiple(of: range.intervalsPerSegment))
        }
    }

    @Test func `accepts any time`() {
        for (since, until) in [(-1e300, 1e300), (0, 0), (.infinity, .infinity), (-.infinity, 1e12)]
            as [(Double, Double)]
        {
            let range = TimelineRange(since: Timestamp(since), until: Timestamp(until), now: 1_790_000_000)
            #expect(range.segments >= 1 && range.start >= 0)
        }
    }
}
