// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import HTTPEndpoint

@Suite struct DeadlinesTests {
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `finds the earliest entry after random changes`(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let start = ContinuousClock.now
        var deadlines = Deadlines<Int>()
        var model: [Int: ContinuousClock.Instant] = [:]
        for _ in 0..<3000 {
            let key = Int.random(in: 0..<60, using: &random)
            let time = start + .seconds(Int.random(in: 0..<1000, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                deadlines.set(nil, for: key)
                model[key] = nil
            case 1:
                let due = deadlines.popFirst(due: time)
                let earliest = model.values.min()
                #expect((due == nil) == (earliest.map { $0 > time } ?? true))
                if let due {
                    #expect(model[due] == earliest)
                    model[due] = nil
                }
            default:
                deadlines.set(time, for: key)
                model[key] = time
            }
            #expect(deadlines.first?.time == model.values.min())
        }
    }
}
