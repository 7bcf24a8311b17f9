// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Exporter

@Suite struct SampleGridTests {
    private struct Sample: Hashable {
        let time: Int
        let value: Double

        init(_ time: Int, _ value: Double) {
            self.time = time
            self.value = value
        }
    }

    private let grid = SampleGrid(period: 6000...7230, step: 60)

    private func counter(_ changes: [(Int, Double)], in grid: SampleGrid? = nil) -> [Sample] {
        var samples: [Sample] = []
        (grid ?? self.grid).forEachCounterSample(of: changes.map { SeriesChange(time: $0.0, value: $0.1) }) {
            samples.append(Sample($0, $1))
        }
        return samples
    }

    private func state(_ changes: [(Int, Double)], repeats: Bool = false) -> [Sample] {
        var samples: [Sample] = []
        grid.forEachStateSample(of: changes.map { SeriesChange(time: $0.0, value: $0.1) }, repeats: repeats) {
            samples.append(Sample($0, $1))
        }
        return samples
    }

    @Test func `repeats an unchanged counter every five minutes and at both ends`() {
        #expect(
            counter([(5999, 7)])
                == [
                    Sample(6000, 7), Sample(6060, 7), Sample(6300, 7), Sample(6600, 7), Sample(6900, 7),
                    Sample(7200, 7),
                    Sample(7230, 7),
                ]
        )
    }

    @Test func `a counter has samples on both sides of a change`() {
        let samples = counter([(5999, 0), (6450, 1), (6451, 3)])
        #expect(
            samples
                == [
                    Sample(6000, 0), Sample(6060, 0), Sample(6300, 0), Sample(6420, 0), Sample(6480, 3),
                    Sample(6600, 3),
                    Sample(6900, 3), Sample(7200, 3), Sample(7230, 3),
                ]
        )
    }

    @Test func `a sample contains the events before its time`() {
        let samples = counter([(5999, 0), (6600, 1)])
        #expect(samples.contains(Sample(6600, 0)))
        #expect(samples.contains(Sample(6660, 1)))
        #expect(counter([(5999, 0), (6000, 1)]).prefix(2) == [Sample(6000, 0), Sample(6060, 1)])
        #expect(counter([(5999, 0), (7229, 1)]).last == Sample(7230, 1))
    }

    @Test func `a counter that appears later starts at 0`() {
        #expect(counter([(7000, 2)]) == [Sample(6960, 0), Sample(7020, 2), Sample(7200, 2), Sample(7230, 2)])
        #expect(counter([(6010, 2)]).first == Sample(6000, 0))
    }

    @Test func `a series ends, and may begin again`() {
        #expect(
            counter([(5999, 5), (6130, .nan), (7000, 1)])
                == [
                    Sample(6000, 5), Sample(6060, 5), Sample(6120, 5), Sample(6960, 0), Sample(7020, 1),
                    Sample(7200, 1),
                    Sample(7230, 1),
                ]
        )
    }

    @Test func `the times of a counter ascend for every distance of its changes`() {
        for distance in [1, 2, 30, 59, 60, 61, 299, 300, 301, 600] {
            var changes: [(Int, Double)] = [(5999, 0)]
            for time in stride(from: 6001, to: 7230, by: distance) {
                changes.append((time, Double(changes.count)))
            }
            for step in [1, 15, 60, 300] {
                let samples = counter(changes, in: SampleGrid(period: 6000...7230, step: step))
                for (former, later) in zip(samples, samples.dropFirst()) {
                    #expect(former.time < later.time && former.value <= later.value)
                    #expect(later.time - former.time <= 300)
                }
                #expect(samples.last == Sample(7230, Double(changes.count - 1)))
                for sample in samples.dropLast() {
                    let value = changes.last { $0.0 < sample.time }?.1
                    #expect(sample.value == value, "step \(step), distance \(distance), time \(sample.time)")
                }
            }
        }
    }

    @Test func `a state has a sample at each change`() {
        #expect(state([(6000, 0), (6123, 1), (6500, .nan)]) == [Sample(6000, 0), Sample(6123, 1)])
    }

    @Test func `a repeated state has no gap of more than five minutes until it ends`() {
        #expect(
            state([(6000, 0), (6123, 1), (6610, .nan)], repeats: true)
                == [Sample(6000, 0), Sample(6123, 1), Sample(6300, 1), Sample(6600, 1)]
        )
        #expect(state([(7100, 1)], repeats: true) == [Sample(7100, 1), Sample(7200, 1)])
    }
}
