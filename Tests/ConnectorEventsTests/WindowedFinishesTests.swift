// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import TestSupport
import Testing

struct WindowedFinishesTests {
    @Test(arguments: 1...20)
    func `changes at the announced times only`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var machine = OperationMachine()
        var time: Timestamp = 1000
        for _ in 0..<30 {
            time = time + Double(Int.random(in: 1...400, using: &random))
            _ = machine.apply(.finish(Bool.random(using: &random) ? .success : .failure), at: time)
        }
        func counts(at now: Timestamp) -> [Int] {
            let finishes = WindowedFinishes(machine.finishes, window: 900, now: now)
            return [finishes.succeeded, finishes.failed]
        }
        var now: Timestamp = 1000
        while let change = WindowedFinishes(machine.finishes, window: 900, now: now).changesAt {
            let before = counts(at: now)
            for second in now.wholeSeconds..<change.wholeSeconds {
                #expect(counts(at: Timestamp(second)) == before)
            }
            #expect(counts(at: change - 0.001) == before)
            now = change
        }
        #expect(counts(at: now) == [0, 0])
        #expect(WindowedFinishes(machine.finishes, window: 900, now: now).failureRatio == nil)
    }
}
