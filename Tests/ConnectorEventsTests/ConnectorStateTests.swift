// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Testing
import TestSupport

@Suite struct `Connector state` {
    @Test(arguments: 1...40)
    func `a fold says what a reader of the whole list says`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let events = EventMaker.events(300, using: &random)
        let reader = NaiveReader(events)
        var state = ConnectorState()
        var uncleanRestarts = 0
        for event in events where state.apply(event) == .uncleanRestart { uncleanRestarts += 1 }
        for operation in Operation.allCases {
            #expect(state[operation].openSince == reader.openSince(operation))
            #expect(state[operation].consecutiveFailures == reader.consecutiveFailures(operation))
            for _ in 0..<20 {
                let now = Double(Int.random(in: 1_700_000_000...1_700_300_000, using: &random))
                let ratio = FailureRatio(state[operation].finishes, window: 3600, now: now)
                #expect(ratio.value == reader.failureRatio(operation, window: 3600, now: now))
            }
        }
        for tunnel in EventMaker.tunnels {
            let expected = reader.rekeyPhase(tunnel)
            #expect(state.rekeys[tunnel]?.phase.rawValue == expected?.phase)
            #expect(state.rekeys[tunnel]?.phaseStart == expected?.start)
            let own = events.filter { $0.tunnelID == tunnel }
            #expect(state.rekeys[tunnel]?.completed ?? 0 == own.count { $0.kind == .rekeyComplete })
            #expect(state.rekeys[tunnel]?.resets ?? 0 == own.count { $0.kind == .rekeyReset })
        }
        #expect(uncleanRestarts == reader.uncleanRestarts())
        #expect(state.newest == events.last?.id)
    }

    @Test(arguments: 1...20)
    func `a failure ratio changes exactly when it says`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var machine = OperationMachine()
        var t = 1000
        for _ in 0..<30 {
            t += Int.random(in: 1...400, using: &random)
            _ = machine.apply(.finish(Bool.random(using: &random) ? .success : .failure), at: t)
        }
        var now = 1000.0
        while let change = FailureRatio(machine.finishes, window: 900, now: now).changesAt {
            let before = FailureRatio(machine.finishes, window: 900, now: now).value
            for second in Int(now)..<change {
                #expect(FailureRatio(machine.finishes, window: 900, now: Double(second)).value == before)
            }
            #expect(FailureRatio(machine.finishes, window: 900, now: Double(change) - 0.001).value == before)
            now = Double(change)
        }
        #expect(FailureRatio(machine.finishes, window: 900, now: now).value == nil)
    }

    @Test func `a rekey whose tunnel is unknown changes no tunnel`() {
        var state = ConnectorState()
        do {
            let result = state.apply(Event(id: EventID(t: 1, n: 0), kind: .rekeyStart))
            #expect(result == nil)
        }
        #expect(state.rekeys.isEmpty)
        #expect(!state.follows(EventID(t: 1, n: 0)))
        #expect(state.follows(EventID(t: 1, n: 1)))
    }
}
