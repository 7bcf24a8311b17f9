// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import TestSupport
import Testing

struct FailureRatioTests {
    @Test(arguments: 1...20)
    func `changes at the announced times only`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var machine = OperationMachine()
        var time: Timestamp = 1000
        for _ in 0..<30 {
            time = time + Double(Int.random(in: 1...400, using: &random))
            _ = machine.apply(.finish(Bool.random(using: &random) ? .success : .failure), at: time)
        }
        var now: Timestamp = 1000
        while let change = FailureRatio(machine.finishes, window: 900, now: now).changesAt {
            let value = FailureRatio(machine.finishes, window: 900, now: now).value
            for second in now.wholeSeconds..<change.wholeSeconds {
                let ratio = FailureRatio(machine.finishes, window: 900, now: Timestamp(second))
                #expect(ratio.value == value)
            }
            #expect(FailureRatio(machine.finishes, window: 900, now: change - 0.001).value == value)
            now = change
        }
        #expect(FailureRatio(machine.finishes, window: 900, now: now).value == nil)
    }
}
