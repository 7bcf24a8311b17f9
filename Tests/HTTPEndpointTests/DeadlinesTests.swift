// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTPEndpoint

@Suite struct DeadlinesTests {
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `the earliest entry is always found, whatever was set, moved and removed`(_ seed: UInt64) {
        var random = SeededGenerator(state: seed)
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

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
