// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import ConnectorSimulator
import Testing

@Suite struct FleetTests {
    private func everything(_ world: SimulatorFixture) throws -> [[Wire.Known]] {
        try world.simulator.connectorIDs().indices.map { try world.known($0) }
    }

    @Test func `a seed gives the same events every time`() throws {
        let first = try SimulatorFixture { $0.seed = 7 }
        let second = try SimulatorFixture { $0.seed = 7 }
        for index in first.simulator.connectorIDs().indices {
            let query = [("connector", first.simulator.connectorIDs()[index])].map {
                (name: $0.0, value: $0.1)
            }
            let bytes = try first.ask("/control/events", query: query).body
            #expect(bytes == (try second.ask("/control/events", query: query).body))
            #expect(bytes.count > 10_000)
        }
        let list = try first.ask(SimulatorFixture.connectorsPath).body
        #expect(list == (try second.ask(SimulatorFixture.connectorsPath).body))
    }

    @Test func `another seed gives another fleet`() throws {
        let first = try SimulatorFixture { $0.seed = 7 }
        let second = try SimulatorFixture { $0.seed = 8 }
        #expect(Set(first.simulator.connectorIDs()).isDisjoint(with: second.simulator.connectorIDs()))
        #expect(try first.known(0).map(\.item) != second.known(0).map(\.item))
    }

    @Test func `the number of requests changes nothing`() throws {
        let patient = try SimulatorFixture { $0.connectors = 5 }
        let eager = try SimulatorFixture { $0.connectors = 5 }
        for _ in 0..<720 {
            eager.pass(60)
            _ = try eager.page(0, limit: 1)
        }
        patient.pass(43_200)
        let expected = try everything(patient)
        #expect(try everything(eager) == expected)
        #expect(expected.allSatisfy { ($0.last?.t ?? 0) > Int(SimulatorFixture.start) + 42_000 })
    }

    @Test func `with a fixed birth, a restarted simulator continues its script`()
        throws
    {
        let configure = { (configuration: inout SimulatorConfiguration) in
            configuration.birth = Int(SimulatorFixture.start) - 86_400
            configuration.lifeSpeed = 3
            configuration.connectors = 5
        }
        let patient = try SimulatorFixture(configure)
        patient.pass(7200)
        let restarted = try SimulatorFixture(start: SimulatorFixture.start + 7200, configure)
        let expected = try everything(patient)
        #expect(try everything(restarted) == expected)
        #expect(expected.allSatisfy { ($0.last?.t ?? 0) > Int(SimulatorFixture.start) + 6000 })
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `events are in order and each has an identity of its own`(seed: UInt64) throws {
        let world = try SimulatorFixture { $0.seed = seed }
        let lives = try everything(world)
        for events in lives {
            for (earlier, later) in zip(events, events.dropFirst()) {
                #expect((earlier.t, earlier.n) < (later.t, later.n), "seed \(seed)")
            }
            #expect(events.allSatisfy { $0.a > $0.t && $0.a <= Int(SimulatorFixture.start) })
        }
        let crowded = lives.filter { events in zip(events, events.dropFirst()).contains { $0.t == $1.t } }
        #expect(crowded.count > 15, "seed \(seed)")
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `within a day, a fleet has events of every documented kind and of no other`(seed: UInt64) throws {
        let world = try SimulatorFixture { $0.seed = seed }
        let counts = try world.truth().totals.counts
        #expect(Set(counts.keys) == Set(EventKind.documented.map(\.rawValue)), "seed \(seed)")
        #expect(EventKind.documented.count == 29)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a connector has about five hundred events a day`(seed: UInt64) throws {
        let world = try SimulatorFixture { $0.seed = seed }
        for connector in try world.truth().connectors {
            #expect((400...650).contains(connector.events), "seed \(seed), connector \(connector.index)")
        }
    }

    @Test func `a life ten times as dense has ten times the events in the same time`() throws {
        let world = try SimulatorFixture {
            $0.lifeSpeed = 10
            $0.history = 8640
        }
        // A connector whose attestations fail for hours retries more often.
        for connector in try world.truth().connectors where connector.index != 1 {
            #expect((350...650).contains(connector.events), "connector \(connector.index)")
        }
        let before = try world.truth().totals.events
        world.pass(60)
        #expect(try world.truth().totals.events > before + 30)
    }

    @Test func `history may be of another density than what follows`() throws {
        let world = try SimulatorFixture {
            $0.lifeSpeed = 100
            $0.historySpeed = 1
        }
        let before = try world.truth().totals.events
        #expect((10_000...16_000).contains(before))
        world.pass(864)
        #expect((20_000...32_000).contains(try world.truth().totals.events))
    }

    @Test func `a life of speed 0 ends at the start`() throws {
        let world = try SimulatorFixture { $0.lifeSpeed = 0 }
        world.pass(86_400)
        let settled = try world.truth().totals.events
        world.pass(30 * 86_400)
        #expect(try world.truth().totals.events == settled)
        #expect(settled > 10_000)
    }

    @Test(arguments: [1, 2, 3, 17, 500, 2000])
    func `a history has exactly as many events as are asked for`(count: Int) throws {
        let world = try SimulatorFixture {
            $0.eventsPerConnector = count
            $0.lifeSpeed = 0
        }
        #expect(try world.truth().connectors.allSatisfy { $0.events == count })
        #expect(world.simulator.listedEvents == 25 * count)
        world.pass(86_400)
        #expect(world.simulator.listedEvents == 25 * count)
        let events = try world.known(3)
        #expect(
            events.allSatisfy {
                $0.t <= $0.a && $0.a <= Int(SimulatorFixture.start)
                    && $0.t >= Int(SimulatorFixture.start) - 86_400
            }
        )
    }

    @Test func `an exact history is followed by life at its own speed`() throws {
        let world = try SimulatorFixture { $0.eventsPerConnector = 300 }
        #expect(try world.truth().connectors.allSatisfy { $0.events == 300 })
        world.pass(86_400)
        for index in 0..<25 {
            let events = try world.known(index)
            #expect((650...1000).contains(events.count))
            #expect(events.dropFirst(300).allSatisfy { $0.t > Int(SimulatorFixture.start) })
        }
    }

    @Test func `an event is listed from the second on in which it was collected`() throws {
        let world = try SimulatorFixture()
        world.pass(3 * 86_400)
        let late = try #require(
            try everything(world).joined().first {
                $0.t > Int(SimulatorFixture.start) + 10 && $0.a > $0.t + 5
            }
        )
        let index = try #require(
            try world.simulator.connectorIDs().indices.first { try world.known($0).contains(late) }
        )
        let again = try SimulatorFixture()
        again.pass(Double(late.a) - SimulatorFixture.start - 0.5)
        #expect(try again.known(index).contains { $0.identity == late.identity } == false)
        #expect(try again.ask(again.path(index, "/telemetry/events/\(late.identity)")).status == 404)
        again.pass(0.5)
        #expect(try again.known(index).contains(late))
        #expect(try again.ask(again.path(index, "/telemetry/events/\(late.identity)")).status == 200)
    }

    @Test func `most events come within twenty seconds and the share of very late ones is as asked`() throws {
        let world = try SimulatorFixture { $0.lateShare = 0.1 }
        world.pass(86_400)
        let events = try everything(world).joined().filter { $0.t < Int(SimulatorFixture.start) + 43_200 }
        let share = { (range: Range<Int>) in
            Double(events.filter { range.contains($0.a - $0.t) }.count) / Double(events.count)
        }
        #expect((0.08...0.12).contains(share(3601..<21_601)))
        #expect((0.01...0.06).contains(share(60..<3601)))
        #expect((0.80...0.92).contains(share(1..<21)))
    }

    @Test func `the share of unknown kinds is as asked, and changes nothing else`() throws {
        let plain = try SimulatorFixture { $0.connectors = 5 }
        let strange = try SimulatorFixture {
            $0.connectors = 5
            $0.unknownShare = 0.2
        }
        let known = Set(EventKind.documented.map(\.rawValue))
        for index in 0..<5 {
            let events = try strange.known(index)
            let unknown = events.filter { !known.contains($0.k) }
            #expect((0.14...0.26).contains(Double(unknown.count) / Double(events.count)))
            let documented = events.filter { known.contains($0.k) }
            // The newest events are listed after random delays, and strange kinds change the random sequence.
            let settled = Int(SimulatorFixture.start) - 22_000
            #expect(
                documented.filter { $0.t < settled }.map(\.e)
                    == (try plain.known(index)).filter { $0.t < settled }.map(\.e)
            )
        }
    }

    @Test func `accounts have fleets of their own`() throws {
        let world = try SimulatorFixture {
            $0.accounts = 2
            $0.connectors = 3
        }
        #expect(world.simulator.accountIDs == [SimulatorFixture.account, "00000000000000000000000000000002"])
        #expect(
            Set(world.simulator.connectorIDs(account: 0)).isDisjoint(
                with: world.simulator.connectorIDs(account: 1)
            )
        )
        let second = try world.truth([("account", "00000000000000000000000000000002")])
        #expect(second.connectors.map(\.id) == world.simulator.connectorIDs(account: 1))
    }
}
