// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import Testing

@Suite struct ConnectorScriptTests {
    private static let monthOfLife = try? SimulatorFixture {
        $0.history = 30 * 86_400
        $0.lateShare = 0
    }

    private func lives() throws -> [[Wire.Known]] {
        let world = try #require(Self.monthOfLife)
        return try world.simulator.connectorIDs().indices.map { try world.known($0) }
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `at the start an attestation has failed, a rekey is stuck and a rotation is stuck`(seed: UInt64)
        throws
    {
        let world = try SimulatorFixture { $0.seed = seed }
        let connectors = try world.truth().connectors
        let failed = connectors.filter {
            $0.operations["attestation"]?.finish?.k == "FinishAttestationFailure"
        }
        #expect(failed.contains { $0.index == 1 }, "seed \(seed)")
        let now = Int(SimulatorFixture.start)
        let stuckRekey = connectors.filter { connector in
            connector.tunnels.contains {
                ["RekeyStart", "RekeyRestart", "RekeyAdvance"].contains($0.newest.k)
                    && $0.newest.t < now - 1800
            }
        }
        #expect(stuckRekey.contains { $0.index == 2 }, "seed \(seed)")
        let rotation = try #require(connectors[3].operations["pki_rotation"])
        let start = try #require(rotation.start)
        #expect(start.t < now - 3600)
        #expect(rotation.finish.map { ($0.t, $0.n) < (start.t, start.n) } ?? true, "seed \(seed)")
    }

    @Test func `demo incidents end six hours after the start`() throws {
        let world = try SimulatorFixture()
        world.pass(6 * 3600 + 7200)
        let connectors = try world.truth().connectors
        #expect(connectors[3].operations["pki_rotation"]?.finish?.k == "FinishRotatePkiSuccess")
        #expect(
            try world.known(2).contains {
                $0.k == "RekeyRestart" && $0.t >= Int(SimulatorFixture.start) + 6 * 3600
            }
        )
        #expect(
            try world.known(1).contains {
                $0.k == "FinishAttestationSuccess" && $0.t >= Int(SimulatorFixture.start) + 6 * 3600
            }
        )
    }

    @Test func `a script begins with Init and first keys for every tunnel`() throws {
        for events in try lives() {
            #expect(events.first?.k == "Init")
            #expect(events.first?.n == 0)
            let tunnels = Set(events.compactMap(\.e.tunnel_id))
            #expect((1...3).contains(tunnels.count))
            #expect(tunnels.allSatisfy { $0.utf8.count == 32 })
            let first = events.prefix(20).filter { $0.k == "RekeyInstallBoth" }
            #expect(Set(first.compactMap(\.e.tunnel_id)) == tunnels)
            #expect(Set(first.map(\.t)).count == 1)
        }
    }

    @Test func `an upgrade that succeeds crosses a restart, and the version changes with it`() throws {
        var upgrades = 0
        for events in try lives() {
            var story: [String] = []
            var before = ""
            for event in events {
                switch event.k {
                case "StartUpgrade":
                    story = ["StartUpgrade"]
                    before = event.v
                    #expect(event.e.url?.hasPrefix("https://") == true)
                case "Leave", "Init": story.append(event.k)
                case "FinishUpgradeSuccess":
                    upgrades += 1
                    #expect(story.first == "StartUpgrade")
                    #expect(story.contains("Leave"))
                    #expect(story.last == "Init")
                    #expect(event.v != before)
                default: break
                }
            }
        }
        #expect(upgrades > 40)
    }

    @Test func `a boot slot is pending until it is blessed or not`() throws {
        var outcomes: Set<String> = []
        for events in try lives() {
            var isPending = false
            for event in events where event.k.hasPrefix("BlessSlot") {
                if event.k == "BlessSlotPending" {
                    isPending = true
                } else {
                    #expect(isPending)
                    isPending = false
                    outcomes.insert(event.k)
                }
            }
        }
        #expect(outcomes == ["BlessSlotSuccess", "BlessSlotFailure"])
    }

    @Test func `a tunnel's rekeys follow their order`() throws {
        let next: [String: Set<String>] = [
            "RekeyInstallBoth": ["RekeyStart", "RekeyInstallBoth"],
            "RekeyStart": ["RekeyRestart", "RekeyAdvance", "RekeyReset", "RekeyInstallBoth", "RekeyStart"],
            "RekeyRestart": ["RekeyAdvance", "RekeyInstallBoth", "RekeyStart"],
            "RekeyAdvance": ["RekeyComplete", "RekeyInstallBoth", "RekeyStart"],
            "RekeyComplete": ["RekeyStart", "RekeyInstallBoth"],
            "RekeyReset": ["RekeyInstallBoth", "RekeyStart"],
        ]
        var seen: Set<String> = []
        for events in try lives() {
            var last: [String: String] = [:]
            for event in events {
                guard let tunnel = event.e.tunnel_id else { continue }
                if let before = last[tunnel] {
                    #expect(next[before]?.contains(event.k) == true, "\(before) then \(event.k)")
                }
                last[tunnel] = event.k
                seen.insert(event.k)
            }
        }
        #expect(seen == Set(next.keys))
    }

    @Test func `some restarts are clean and some are not`() throws {
        var clean = 0
        var unclean = 0
        for events in try lives() {
            var last = "Leave"
            for event in events where event.k == "Init" || event.k == "Leave" {
                if event.k == "Init" {
                    if last == "Leave" { clean += 1 } else { unclean += 1 }
                }
                last = event.k
            }
        }
        #expect(clean > 60)
        #expect(unclean > 30)
    }

    @Test func `the connectors of a pair fail over together, and only they have HA events`() throws {
        let lives = try lives()
        for (index, events) in lives.enumerated() {
            let hasEvents = events.contains { $0.k.hasPrefix("Ha") }
            #expect(hasEvents == (index % 5 < 2), "connector \(index)")
        }
        let transitions = { (index: Int) in lives[index].filter { $0.k == "HaTransition" }.map(\.t) }
        let partner = transitions(1)
        let shared = transitions(0).filter { t in partner.contains { abs($0 - t) <= 2 } }
        #expect(shared.count > 30)
    }
}
