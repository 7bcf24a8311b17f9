// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Foundation
import TestSupport
import Testing

struct ConnectorStateTests {
    @Test(arguments: 1...40)
    func `matches the reference model`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let events = RandomEvents.make(300, using: &random)
        let forgetAfter = 8000
        let model = NaiveReader(events, forgettingTunnelsAfter: forgetAfter)
        var state = ConnectorState()
        var uncleanRestarts = 0
        for event in events
        where state.apply(event, forgettingTunnelsAfter: forgetAfter) == .uncleanRestart {
            uncleanRestarts += 1
        }
        for operation in Operation.allCases {
            #expect(state[operation].openSince == model.openSince(operation).map { Timestamp($0) })
            #expect(state[operation].consecutiveFailures == model.consecutiveFailures(operation))
            for _ in 0..<20 {
                let now = Double(Int.random(in: 1_700_000_000...1_700_300_000, using: &random))
                let found = WindowedFinishes(state[operation].finishes, window: 3600, now: Timestamp(now))
                #expect(found.failureRatio == model.failureRatio(operation, window: 3600, now: now))
                for (failed, count) in [(true, found.failed), (false, found.succeeded)] {
                    let expected = model.finishes(operation, failed: failed, window: 3600, now: now)
                    #expect(count == expected ?? 0)
                }
            }
        }
        for tunnel in RandomEvents.tunnels {
            let expected = model.rekeyPhase(tunnel)
            #expect(state.rekeys[tunnel]?.phase.rawValue == expected?.phase)
            #expect(state.rekeys[tunnel]?.phaseStart == expected.map { Timestamp($0.start) })
            let own = model.rekeys(of: tunnel)
            #expect(state.rekeys[tunnel]?.completed ?? 0 == own.count { $0.kind == .rekeyComplete })
            #expect(state.rekeys[tunnel]?.resets ?? 0 == own.count { $0.kind == .rekeyReset })
        }
        #expect(uncleanRestarts == model.uncleanRestarts())
        #expect(state.newest == events.last?.id)
        #expect(state.deliveryDelay == model.deliveryDelay())
    }

    @Test func `a rekey with an unknown tunnel changes no tunnel`() {
        var state = ConnectorState()
        do {
            let result = state.apply(
                Event(id: EventID(t: 1, n: 0), kind: .rekeyStart),
                forgettingTunnelsAfter: 3600
            )
            #expect(result == nil)
        }
        #expect(state.rekeys.isEmpty)
        #expect(!state.follows(EventID(t: 1, n: 0)))
        #expect(state.follows(EventID(t: 1, n: 1)))
    }

    @Test func `a start of the agent interrupts all operations except an upgrade`() {
        var state = ConnectorState()
        let kinds: [EventKind] = [
            .startAttestation, .startRotateCryptKey, .startRotatePki, .startUpgrade, .initialize,
            .finishAttestationFailure,
        ]
        var observations: [Observation] = []
        for (n, kind) in kinds.enumerated() {
            let event = Event(id: EventID(t: 100 + n, n: n), kind: kind)
            if let observation = state.apply(event, forgettingTunnelsAfter: 3600) {
                observations.append(observation)
            }
            if kind == .initialize {
                #expect(Operation.allCases.filter { state[$0].openSince != nil } == [.upgrade])
                #expect(state[.attestation].consecutiveFailures == nil, "an interruption is no failure")
            }
        }
        #expect(observations.isEmpty, "the finish after the interruption has no start")
        #expect(state[.attestation].consecutiveFailures == 1)
        #expect(state[.attestation].newestStart == 100)
    }

    @Test func `a tunnel without events is forgotten, and begins again with its next event`() throws {
        var state = ConnectorState()
        func apply(_ kind: EventKind, at t: Int) {
            let event = Event(id: EventID(t: t, n: 0), kind: kind, tunnelID: "a")
            _ = state.apply(event, forgettingTunnelsAfter: 100)
        }
        apply(.rekeyComplete, at: 1000)
        apply(.rekeyStart, at: 1099)
        let machine = try #require(state.tunnels(forgettingAfter: 100, at: 1198.9)["a"])
        #expect(machine.completed == 1)
        #expect(machine.forgottenAt(after: 100) == 1199)
        #expect(state.tunnels(forgettingAfter: 100, at: 1199).isEmpty)
        apply(.rekeyComplete, at: 1199)
        #expect(state.tunnels(forgettingAfter: 100, at: 1200)["a"]?.completed == 1)
        state.removeTunnels(forgottenAfter: 100, at: 1299)
        #expect(state.rekeys.isEmpty)
    }

    /// The text that version 0.1.0 writes into the ledger.
    @Test func `keeps its stored format`() throws {
        let stored = """
            {"agent":{"isRunning":true},"attestation":{"consecutiveFailures":1,"finishes":[{"outcome":"failure",\
            "t":1700000030}],"newestStart":1700000000},"cryptKeyRotation":{"finishes":[]},\
            "newest":{"n":4,"t":1700000060},"pkiRotation":{"finishes":[]},"rekeys":{"tunnel":\
            {"completed":0,"lastEvent":1700000060,"phase":"started","phaseStart":1700000060,"resets":0,"startedAt":1700000060}},"upgrade":\
            {"finishes":[],"newestStart":1700000050,"openSince":1700000050}}
            """
        var state = ConnectorState()
        let events: [(Int, EventKind)] = [
            (0, .startAttestation), (30, .finishAttestationFailure), (40, .initialize), (50, .startUpgrade),
            (60, .rekeyStart),
        ]
        for (index, event) in events.enumerated() {
            let id = EventID(t: 1_700_000_000 + event.0, n: index)
            let tunnel = event.1.isRekey ? "tunnel" : nil
            _ = state.apply(
                Event(id: id, kind: event.1, tunnelID: tunnel),
                forgettingTunnelsAfter: 604_800
            )
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(state), as: UTF8.self) == stored)
        #expect(try JSONDecoder().decode(ConnectorState.self, from: Data(stored.utf8)) == state)
    }
}
