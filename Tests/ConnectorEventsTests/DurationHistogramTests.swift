// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import TestSupport
import Testing

struct DurationHistogramTests {
    @Test func `a bucket includes its upper bound`() {
        var histogram = DurationHistogram(bounds: [1, 5])
        for seconds in [0.0, 1, 1.5, 5, 6] { histogram.observe(seconds) }
        #expect(histogram.counts == [2, 2, 1])
        #expect(histogram.sum == 13.5)
        #expect(histogram.count == 5)
    }

    @Test func `counts a negative duration as 0`() {
        var histogram = DurationHistogram(bounds: [1, 5])
        for seconds in [-3600.0, 2] { histogram.observe(seconds) }
        #expect(histogram.counts == [1, 1, 0])
        #expect(histogram.sum == 2)
    }

    @Test func `rejects stored counts with other bounds`() {
        #expect(DurationHistogram(bounds: [1, 5], counts: [1, 2], sum: 3) == nil)
        #expect(DurationHistogram(bounds: [1, 5], counts: [1, 2, 3], sum: 3)?.count == 6)
    }

    @Test func `each histogram of an account has a unique name`() {
        for name in AccountHistograms.Name.allCases {
            #expect(AccountHistograms.Name(rawValue: name.rawValue) == name)
        }
        #expect(AccountHistograms.Name.allCases.count == 10)
    }

    @Test func `a delivery delay is at least 0`() {
        #expect(Event(id: EventID(t: 10, n: 0), kind: .leave, collectedAt: 7).deliveryDelaySeconds == -3)
        #expect(Event(id: EventID(t: 10, n: 0), kind: .leave, collectedAt: 17).deliveryDelaySeconds == 7)
        #expect(Event(id: EventID(t: 10, n: 0), kind: .leave).deliveryDelaySeconds == nil)
    }
}
