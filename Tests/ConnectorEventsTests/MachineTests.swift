// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Testing

@Suite struct `State machines` {
    @Test func `a second start replaces the first`() {
        var machine = OperationMachine()
        _ = machine.apply(.start, at: 100)
        _ = machine.apply(.start, at: 500)
        #expect(machine.openSince == 500)
        #expect(machine.newestStart == 500)
        #expect(machine.becomesStuckAt(after: 600) == 1100)
        do {
            let result = machine.apply(.finish(.failure), at: 530)
            #expect(result == 30)
        }
        #expect(machine.openSince == nil)
        #expect(machine.becomesStuckAt(after: 600) == nil)
        #expect(machine.newestStart == 500)
    }

    @Test func `a finish without a start counts, and has no duration`() {
        var machine = OperationMachine()
        do {
            let result = machine.apply(.finish(.failure), at: 10)
            #expect(result == nil)
        }
        do {
            let result = machine.apply(.finish(.failure), at: 20)
            #expect(result == nil)
        }
        #expect(machine.consecutiveFailures == 2)
        _ = machine.apply(.finish(.success), at: 30)
        #expect(machine.consecutiveFailures == 0)
        #expect(machine.finishes.count == 3)
        machine.forgetFinishes(before: 20)
        #expect(machine.finishes.map(\.t) == [20, 30])
    }

    @Test(arguments: [
        (EventKind.rekeyInstallBoth, RekeyPhase.installed, false),
        (.rekeyStart, .started, true),
        (.rekeyRestart, .started, true),
        (.rekeyAdvance, .advanced, true),
        (.rekeyComplete, .completed, false),
        (.rekeyReset, .reset, true),
    ])
    func `each rekey event enters its phase`(kind: EventKind, phase: RekeyPhase, isTransitional: Bool) throws
    {
        let machine = try #require(RekeyMachine(first: kind, at: 50))
        #expect(machine.phase == phase)
        #expect(machine.phaseStart == 50)
        #expect(machine.becomesStuckAt(after: 900) == (isTransitional ? 950 : nil))
    }

    @Test func `a rekey takes from its start to its completion, restarts included`() throws {
        var machine = try #require(RekeyMachine(first: .rekeyInstallBoth, at: 0))
        do {
            let result = machine.apply(.rekeyStart, at: 100)
            #expect(result == nil)
        }
        do {
            let result = machine.apply(.rekeyRestart, at: 160)
            #expect(result == nil)
        }
        #expect(machine.phaseStart == 100, "a restart does not make the phase younger")
        do {
            let result = machine.apply(.rekeyAdvance, at: 200)
            #expect(result == nil)
        }
        #expect(machine.phaseStart == 200)
        do {
            let result = machine.apply(.rekeyComplete, at: 220)
            #expect(result == 120)
        }
        #expect(machine.completed == 1)
        do {
            let result = machine.apply(.rekeyComplete, at: 300)
            #expect(result == nil, "nothing was started")
        }
    }

    @Test func `a reset ends the rekey under way`() throws {
        var machine = try #require(RekeyMachine(first: .rekeyStart, at: 10))
        _ = machine.apply(.rekeyReset, at: 20)
        #expect(machine.resets == 1)
        _ = machine.apply(.rekeyInstallBoth, at: 30)
        #expect(machine.becomesStuckAt(after: 900) == nil)
        do {
            let result = machine.apply(.rekeyComplete, at: 40)
            #expect(result == nil)
        }
    }

    @Test func `other kinds are no rekey`() {
        #expect(RekeyMachine(first: .reconcile, at: 0) == nil)
        #expect(EventKind.documented.count { $0.isRekey } == 6)
    }

    @Test func `an agent that starts again without leaving restarted uncleanly`() {
        var life = AgentState()
        #expect(life.isRunning == nil)
        do {
            let result = life.apply(.initialize)
            #expect(!result, "nothing is known of the time before")
        }
        #expect(life.isRunning == true)
        do {
            let result = life.apply(.initialize)
            #expect(result)
        }
        do {
            let result = life.apply(.leave)
            #expect(!result)
        }
        #expect(life.isRunning == false)
        do {
            let result = life.apply(.initialize)
            #expect(!result)
        }
    }
}
