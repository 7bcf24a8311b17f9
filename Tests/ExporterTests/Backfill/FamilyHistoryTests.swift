// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Exporter

@Suite struct FamilyHistoryTests {
    private func samples(_ values: KeyValuePairs<String, Double>) -> [RecordedSample] {
        values.map { RecordedSample(labels: [$0.key], value: $0.value) }
    }

    private func changes(_ history: FamilyHistory) -> [[SeriesChange]] { history.series.map(\.changes) }

    @Test func `contains changes only`() {
        var history = FamilyHistory()
        #expect(history.set(samples(["a": 1, "b": 2]), at: 10) == 2)
        #expect(history.set(samples(["a": 1, "b": 3]), at: 11) == 1)
        #expect(history.set(samples(["a": 1, "b": 3]), at: 12) == 0)
        #expect(
            changes(history) == [
                [SeriesChange(time: 10, value: 1)],
                [SeriesChange(time: 10, value: 2), SeriesChange(time: 11, value: 3)],
            ]
        )
    }

    @Test func `contains the end of a series and its later return`() {
        var history = FamilyHistory()
        _ = history.set(samples(["a": 1, "b": 2]), at: 10)
        _ = history.set(samples(["b": 2]), at: 20)
        _ = history.set(samples(["c": 4, "b": 2, "a": 1]), at: 30)
        #expect(history.series.map(\.labels) == [["a"], ["b"], ["c"]])
        let first = history.series[0].changes
        #expect(first.map(\.time) == [10, 20, 30])
        #expect(first.map(\.exists) == [true, false, true])
        #expect(history.series[1].changes.count == 1)
    }

    @Test func `an unknown value is a missing series`() {
        var history = FamilyHistory()
        #expect(history.set(samples(["a": -.infinity]), at: 10) == 0)
        #expect(history.set(samples(["a": 5]), at: 20) == 1)
        #expect(changes(history) == [[SeriesChange(time: 20, value: 5)]])
    }

    @Test func `the last value of a second replaces the others`() {
        var history = FamilyHistory()
        _ = history.set(samples(["a": 1]), at: 10)
        _ = history.set(samples(["a": 2]), at: 10)
        #expect(changes(history) == [[SeriesChange(time: 10, value: 2)]])
    }

    @Test func `continues after its changes were removed`() {
        var history = FamilyHistory()
        _ = history.set(samples(["a": 1, "b": 1]), at: 10)
        history.removeChanges()
        #expect(history.set(samples(["a": 1, "b": 2]), at: 20) == 1)
        #expect(changes(history) == [[], [SeriesChange(time: 20, value: 2)]])
        #expect(history.series.map(\.isContinued) == [true, true])
    }
}
