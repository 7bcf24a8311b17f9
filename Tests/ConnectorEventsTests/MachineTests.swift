// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import TestSupport
import Testing

struct MachineTests {
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

    @Test func `a finish without a start counts without a duration`() {
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
        machine.removeFinishes(before: 20)
        #expect(machine.finishes.map(\.time) == [20, 30])
    }

    @Test(arguments: [
        (EventKind.rekeyInstallBoth, RekeyPhase.installed, false),
        (.rekeyStart, .started, true),
        (.rekeyRestart, .started, true),
        (.rekeyAdvance, .advanced, true),
        (.rekeyComplete, .completed, false),
        (.rekeyReset, .reset, true),
    ])
    func `each rekey event begins its phase`(kind: EventKind, phase: RekeyPhase, isTransitional: Bool) throws
    {
        let machine = try #require(RekeyMachine(first: kind, at: 50))
        #expect(machine.phase == phase)
        #expect(machine.phaseStart == 50)
        #expect(machine.becomesStuckAt(after: 900) == (isTransitional ? 950 : nil))
    }

    @Test func `a rekey lasts from its first start to its completion`() throws {
        var machine = try #require(RekeyMachine(first: .rekeyInstallBoth, at: 0))
        do {
            let result = machine.apply(.rekeyStart, at: 100)
            #expect(result == nil)
        }
        do {
            let result = machine.apply(.rekeyRestart, at: 160)
            #expect(result == nil)
        }
        #expect(machine.phaseStart == 100, "a restart does not begin the phase again")
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
            #expect(result == nil, "no rekey is open")
        }
    }

    @Test func `a reset closes the open rekey`() throws {
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

    @Test func `other kinds are not rekeys`() {
        #expect(RekeyMachine(first: .reconcile, at: 0) == nil)
        #expect(EventKind.documented.count { $0.isRekey } == 6)
    }

    @Test func `an Init without a Leave is an unclean restart`() {
        var agent = AgentState()
        #expect(agent.isRunning == nil)
        do {
            let result = agent.apply(.initialize)
            #expect(!result, "the first Init is not a restart")
        }
        #expect(agent.isRunning == true)
        do {
            let result = agent.apply(.initialize)
            #expect(result)
        }
        do {
            let result = agent.apply(.leave)
            #expect(!result)
        }
        #expect(agent.isRunning == false)
        do {
            let result = agent.apply(.initialize)
            #expect(!result)
        }
    }
}
