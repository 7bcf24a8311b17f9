// SPDX-License-Identifier: Apache-2.0

import Exposition
import Testing

@Suite struct HistogramTests {
    private static let buckets = HistogramBuckets([1, 5, 10])

    @Test(
        arguments: [
            (-1, 0), (0, 0), (1, 0), (1.0.nextUp, 1), (5, 1), (7, 2), (10, 2), (10.5, 3), (.infinity, 3),
        ] as [(Double, Int)]
    )
    func `a value counts in the first bucket whose bound is not below it`(value: Double, index: Int) {
        var histogram = HistogramValue(Self.buckets)
        histogram.observe(value)
        #expect(histogram.counts.firstIndex(of: 1) == index)
        #expect(histogram.counts.reduce(0, +) == 1)
        #expect(histogram.count == 1)
        #expect(histogram.sum == max(0, value))
    }

    @Test func `what is not a number is not observed`() {
        var histogram = HistogramValue(Self.buckets)
        histogram.observe(.nan)
        #expect(histogram == HistogramValue(Self.buckets))
    }

    @Test func `the sum never falls`() {
        var histogram = HistogramValue(Self.buckets)
        histogram.observe(4)
        histogram.observe(-100)
        #expect(histogram.sum == 4)
        #expect(histogram.counts == [1, 1, 0, 0])
    }

    @Test func `adding is observing both`() {
        var left = HistogramValue(Self.buckets)
        var right = HistogramValue(Self.buckets)
        var both = HistogramValue(Self.buckets)
        for value in [0.5, 3, 12] {
            left.observe(value)
            both.observe(value)
        }
        for value in [3.0, 4, 6] {
            right.observe(value)
            both.observe(value)
        }
        #expect(left + right == both)
        #expect(right + left == both)
        #expect(left + HistogramValue(Self.buckets) == left)
        left += right
        #expect(left == both)
    }

    @Test func `stored numbers go on`() throws {
        var histogram = HistogramValue(Self.buckets)
        for value in [0.5, 3, 12] { histogram.observe(value) }
        let restored = HistogramValue(Self.buckets, counts: histogram.counts, sum: histogram.sum)
        #expect(restored == histogram)
    }

    @Test(
        arguments: [
            ([1, 2, 3], 1), ([1, 2, 3, 4, 5], 1), ([-1, 2, 3, 4], 1), ([1, 2, 3, 4], -1),
            ([1, 2, 3, 4], .nan),
            ([1, 2, 3, 4], .infinity), ([.max, .max, 0, 0], 1), ([(1 << 53) + 1, 0, 0, 0], 1),
        ] as [([Int], Double)]
    )
    func `stored numbers that are no histogram are refused`(counts: [Int], sum: Double) {
        #expect(HistogramValue(Self.buckets, counts: counts, sum: sum) == nil)
    }

    @Test func `bounds that are no bounds end the process`() async {
        await #expect(processExitsWith: .failure) { _ = HistogramBuckets([]) }
        await #expect(processExitsWith: .failure) { _ = HistogramBuckets([1, 1]) }
        await #expect(processExitsWith: .failure) { _ = HistogramBuckets([2, 1]) }
        await #expect(processExitsWith: .failure) { _ = HistogramBuckets([-1, 1]) }
        await #expect(processExitsWith: .failure) { _ = HistogramBuckets([1, .infinity]) }
        await #expect(processExitsWith: .failure) { _ = HistogramBuckets([.nan]) }
        await #expect(processExitsWith: .failure) {
            _ = HistogramValue(HistogramBuckets([1])) + HistogramValue(HistogramBuckets([2]))
        }
    }
}
