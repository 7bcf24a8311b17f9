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
        let model = NaiveReader(events)
        var state = ConnectorState()
        var uncleanRestarts = 0
        for event in events where state.apply(event) == .uncleanRestart { uncleanRestarts += 1 }
        for operation in Operation.allCases {
            #expect(state[operation].openSince == model.openSince(operation).map { Timestamp($0) })
            #expect(state[operation].consecutiveFailures == model.consecutiveFailures(operation))
            for _ in 0..<20 {
                let now = Double(Int.random(in: 1_700_000_000...1_700_300_000, using: &random))
                let ratio = FailureRatio(state[operation].finishes, window: 3600, now: Timestamp(now))
                #expect(ratio.value == model.failureRatio(operation, window: 3600, now: now))
            }
        }
        for tunnel in RandomEvents.tunnels {
            let expected = model.rekeyPhase(tunnel)
            #expect(state.rekeys[tunnel]?.phase.rawValue == expected?.phase)
            #expect(state.rekeys[tunnel]?.phaseStart == expected.map { Timestamp($0.start) })
            let own = events.filter { $0.tunnelID == tunnel }
            #expect(state.rekeys[tunnel]?.completed ?? 0 == own.count { $0.kind == .rekeyComplete })
            #expect(state.rekeys[tunnel]?.resets ?? 0 == own.count { $0.kind == .rekeyReset })
        }
        #expect(uncleanRestarts == model.uncleanRestarts())
        #expect(state.newest == events.last?.id)
    }

    @Test func `a rekey with an unknown tunnel changes no tunnel`() {
        var state = ConnectorState()
        do {
            let result = state.apply(Event(id: EventID(t: 1, n: 0), kind: .rekeyStart))
            #expect(result == nil)
        }
        #expect(state.rekeys.isEmpty)
        #expect(!state.follows(EventID(t: 1, n: 0)))
        #expect(state.follows(EventID(t: 1, n: 1)))
    }

    /// The text that version 0.1.0 wrote into the ledger.
    @Test func `keeps its stored format`() throws {
        let stored = """
            {"agent":{"isRunning":true},"attestation":{"consecutiveFailures":1,"finishes":[{"outcome":"failure",\
            "t":1700000030}],"newestStart":1700000000},"cryptKeyRotation":{"consecutiveFailures":0,"finishes":[]},\
            "newest":{"n":4,"t":1700000060},"pkiRotation":{"consecutiveFailures":0,"finishes":[]},"rekeys":{"tunnel":\
            {"completed":0,"phase":"started","phaseStart":1700000060,"resets":0,"startedAt":1700000060}},"upgrade":\
            {"consecutiveFailures":0,"finishes":[],"newestStart":1700000050,"openSince":1700000050}}
            """
        var state = ConnectorState()
        let events: [(Int, EventKind)] = [
            (0, .startAttestation), (30, .finishAttestationFailure), (40, .initialize), (50, .startUpgrade),
            (60, .rekeyStart),
        ]
        for (index, event) in events.enumerated() {
            let id = EventID(t: 1_700_000_000 + event.0, n: index)
            _ = state.apply(Event(id: id, kind: event.1, tunnelID: event.1.isRekey ? "tunnel" : nil))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(state), as: UTF8.self) == stored)
        #expect(try JSONDecoder().decode(ConnectorState.self, from: Data(stored.utf8)) == state)
    }
}
