// SPDX-License-Identifier: Apache-2.0

import Exposition
import Testing

@Suite struct HistogramValueTests {
    private static let buckets = HistogramBuckets([1, 5, 10])

    @Test func `counts the observations of all buckets`() throws {
        let value = try #require(HistogramValue(Self.buckets, counts: [1, 0, 2, 3], sum: 50.5))
        #expect(value.count == 6)
        #expect(value.sum == 50.5)
    }

    @Test(
        arguments: [
            ([1, 2, 3], 1), ([1, 2, 3, 4, 5], 1), ([-1, 2, 3, 4], 1), ([1, 2, 3, 4], -1),
            ([1, 2, 3, 4], .nan),
            ([1, 2, 3, 4], .infinity), ([.max, .max, 0, 0], 1), ([(1 << 53) + 1, 0, 0, 0], 1),
        ] as [([Int], Double)]
    )
    func `rejects numbers that do not belong to a histogram`(counts: [Int], sum: Double) {
        #expect(HistogramValue(Self.buckets, counts: counts, sum: sum) == nil)
    }

    @Test func `traps on invalid bounds`() async {
        await #expect(processExitsWith: .failure) { _ = HistogramBuckets([]) }
        await #expect(processExitsWith: .failure) { _ = HistogramBuckets([1, 1]) }
        await #expect(processExitsWith: .failure) { _ = HistogramBuckets([2, 1]) }
        await #expect(processExitsWith: .failure) { _ = HistogramBuckets([-1, 1]) }
        await #expect(processExitsWith: .failure) { _ = HistogramBuckets([1, .infinity]) }
        await #expect(processExitsWith: .failure) { _ = HistogramBuckets([.nan]) }
    }
}
