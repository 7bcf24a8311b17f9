// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import ConnectorSimulator
import Testing

@Suite struct ControlTests {
    /// Computes the ground truth again from the list of events.
    private func check(_ connector: Wire.GroundTruth.Connector, against events: [Wire.Known]) {
        #expect(connector.events == events.count)
        var counts: [String: Int] = [:]
        for event in events { counts[event.k, default: 0] += 1 }
        #expect(connector.counts == counts)
        for kind in counts.keys {
            #expect(connector.newest[kind] == events.filter { $0.k == kind }.map(\.t).max())
        }
        #expect(connector.newest.count == counts.count)

        let rekeys = events.filter { $0.k.hasPrefix("Rekey") }
        #expect(connector.tunnels.map(\.tunnel_id) == Set(rekeys.compactMap(\.e.tunnel_id)).sorted())
        for tunnel in connector.tunnels {
            let own = rekeys.filter { $0.e.tunnel_id == tunnel.tunnel_id }
            #expect(tunnel.newest == own.last.map { Wire.GroundTruth.Reference(k: $0.k, t: $0.t, n: $0.n) })
            #expect(tunnel.completed == own.filter { $0.k == "RekeyComplete" }.count)
            #expect(tunnel.reset == own.filter { $0.k == "RekeyReset" }.count)
        }
        let stems = [
            "attestation": "Attestation", "crypt_key_rotation": "RotateCryptKey", "pki_rotation": "RotatePki",
            "upgrade": "Upgrade",
        ]
        for (name, stem) in stems {
            let start = events.last { $0.k == "Start\(stem)" }
            let finish = events.last {
                $0.k == "Finish\(stem)Success" || $0.k == "Finish\(stem)Failure"
            }
            let told = connector.operations[name]
            #expect(told?.start == start.map { Wire.GroundTruth.Reference(k: $0.k, t: $0.t, n: $0.n) })
            #expect(told?.finish == finish.map { Wire.GroundTruth.Reference(k: $0.k, t: $0.t, n: $0.n) })
        }
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `ground truth equals the reference model`(seed: UInt64) throws {
        let world = try SimulatorFixture {
            $0.seed = seed
            $0.unknownShare = 0.02
        }
        world.pass(1234)
        let truth = try world.truth()
        #expect(truth.now == world.now)
        #expect(truth.account_id == SimulatorFixture.account)
        var total = 0
        for connector in truth.connectors {
            let events = try world.known(connector.index)
            check(connector, against: events)
            total += events.count
        }
        #expect(truth.totals.events == total)
        #expect(truth.totals.counts.values.reduce(0, +) == total)
    }

    @Test func `ground truth since a time covers the events recorded since`() throws {
        let world = try SimulatorFixture { $0.connectors = 4 }
        let from = Int(SimulatorFixture.start) - 7200
        let truth = try world.truth([("from", String(from))])
        for connector in truth.connectors {
            check(connector, against: try world.known(connector.index).filter { $0.t >= from })
        }
        #expect(truth.totals.events > 20)
        #expect(try world.ask("/control/truth", query: [("from", "noon")]).status == 400)
        #expect(try world.ask("/control/truth", query: [("account", "x")]).status == 404)
    }

    @Test func `an event that is injected is listed at once, everywhere`() throws {
        let world = try SimulatorFixture { $0.connectors = 2 }
        let id = world.simulator.connectorIDs()[1]
        let body =
            #"{"connector": "\#(id)", "kind": "RekeyStart", "tunnel_id": "ffffffffffffffffffffffffffffffff"}"#
        let given = try world.inject(body)
        #expect(given.connector_id == id)
        #expect(given.t == Int(SimulatorFixture.start))
        #expect(given.a == Int(SimulatorFixture.start))
        let known = try #require(try world.known(1).last)
        #expect(known.identity == "\(given.t).\(given.n)")
        #expect(known.e.tunnel_id == "ffffffffffffffffffffffffffffffff")
        #expect(try world.page(1, from: given.t, limit: 1000).result.items.last == known.item)
        let latest = try world.ask(world.path(1, "/telemetry/events/latest")).decode(Wire.Latest.self)
        #expect(latest.result.items.first?.identity == known.identity)
        let single = try world.ask(world.path(1, "/telemetry/events/\(known.identity)")).decode(
            Wire.Single.self
        )
        #expect(single.result.e == known.e)
        let tunnel = try world.truth().connectors[1].tunnels.last
        #expect(tunnel?.newest == Wire.GroundTruth.Reference(k: "RekeyStart", t: given.t, n: given.n))
    }

    @Test func `an injected event may have any time, number, delivery and kind`() throws {
        let world = try SimulatorFixture { $0.connectors = 1 }
        let now = Int(SimulatorFixture.start)
        let given = try world.inject(
            #"{"index": 0, "kind": "Quite \"Odd\"", "t": \#(now - 5000), "n": 424242, "a": \#(now + 30)}"#
        )
        #expect(
            given
                == Wire.Injected(
                    connector_id: given.connector_id,
                    a: now + 30,
                    k: "Quite \"Odd\"",
                    n: 424_242,
                    t: now - 5000
                )
        )
        #expect(try world.known(0).contains { $0.n == 424_242 } == false)
        world.pass(30)
        #expect(try world.known(0).filter { $0.n == 424_242 }.map(\.k) == ["Quite \"Odd\""])
        let taken = try world.ask(
            "POST",
            "/control/events",
            body: #"{"index": 0, "kind": "Init", "t": \#(now - 5000), "n": 424242}"#
        )
        #expect(taken.status == 409)
    }

    @Test func `many events can be injected at once, and generation continues`() throws {
        let world = try SimulatorFixture { $0.connectors = 1 }
        let body = (0..<50).map {
            #"{"kind": "StartUpgrade", "t": \#(Int(SimulatorFixture.start) - 60 * $0)}"#
        }
        .joined(separator: ",")
        let reply = try world.ask("POST", "/control/events", body: " [\(body)]")
        #expect(Set(try reply.decode([Wire.Injected].self).map(\.n)).count == 50)
        world.pass(86_400)
        let events = try world.known(0)
        #expect(
            events.filter { $0.k == "StartUpgrade" && $0.e.url?.contains("injected") == true }.count == 50
        )
        #expect(Set(events.map(\.identity)).count == events.count)
        #expect(events.count > 850)
    }

    @Test func `a pause stops everything except injected events`() throws {
        let paused = try SimulatorFixture { $0.connectors = 3 }
        let free = try SimulatorFixture { $0.connectors = 3 }
        paused.pass(100)
        #expect(
            try paused.ask("POST", "/control/life", body: #"{"paused": true}"#).text == #"{"paused":true}"#
        )
        let before = try paused.known(2)
        paused.pass(50_000)
        #expect(try paused.known(2) == before)
        try paused.inject(#"{"index": 2, "kind": "HaError"}"#)
        #expect(try paused.known(2).count == before.count + 1)
        _ = try paused.ask("POST", "/control/life", body: #"{"paused": false}"#)
        #expect(try paused.ask("/control/life").text == #"{"paused":false}"#)
        paused.pass(20_000)
        free.pass(20_100)
        let shifted = try paused.known(2).filter {
            $0.t > Int(SimulatorFixture.start) + 100 && $0.k != "HaError"
        }
        let expected = try free.known(2).filter {
            $0.t > Int(SimulatorFixture.start) + 100 && $0.k != "HaError"
        }
        #expect(shifted.map { $0.t - 50_000 } == expected.map(\.t))
        #expect(shifted.map { $0.a - 50_000 } == expected.map(\.a))
        #expect(expected.count > 50)
    }

    @Test(arguments: [
        ("POST", "/control/events", "not JSON", 400), ("POST", "/control/events", #"{"index": 0}"#, 400),
        ("POST", "/control/events", #"{"index": 99, "kind": "Init"}"#, 404),
        ("POST", "/control/events", #"{"connector": "x", "kind": "Init"}"#, 404),
        ("POST", "/control/life", "{}", 400), ("POST", "/control/tokens", "[]", 400),
        ("POST", "/control/faults", #"{"kind": "reset"}"#, 400),
        ("POST", "/control/faults", #"[{"kind": "gremlins"}]"#, 400),
        ("POST", "/control/faults", #"[{"param": "x"}]"#, 400),
        ("POST", "/control/faults", #"[{"kind": "status", "param": 503, "colour": "red"}]"#, 400),
        ("GET", "/control/events", "", 404), ("PUT", "/control/life", "", 404),
        ("GET", "/control/x", "", 404),
    ])
    func `rejects an invalid control request with a reason`(
        method: String,
        path: String,
        body: String,
        status: Int
    ) throws {
        let world = try SimulatorFixture { $0.connectors = 1 }
        let reply = try world.ask(method, path, body: body)
        #expect(reply.status == status)
        struct Refused: Decodable { let error: String }
        #expect(try reply.decode(Refused.self).error.utf8.count > 10)
    }

    private static let refusals: [(@Sendable (inout SimulatorConfiguration) -> Void, String)] = [
        ({ $0.connectors = 0 }, "--connectors"), ({ $0.accounts = 0 }, "--accounts"),
        ({ $0.history = -1 }, "--history"), ({ $0.lifeSpeed = -1 }, "--life.speed"),
        ({ $0.historySpeed = 0 }, "--history.speed"), ({ $0.birth = -1 }, "--birth"),
        ({ $0.eventsPerConnector = 0 }, "--events-per-connector"),
        ({ $0.rateLimit = -1 }, "--rate-limit"),
        ({ $0.rateLimitWindow = 0 }, "--rate-limit.window"),
        ({ $0.rateLimitBlock = -1 }, "--rate-limit.block"),
        ({ $0.pageLimit = 0 }, "--page-limit"), ({ $0.defaultPageLimit = 0 }, "--page-limit.default"),
        ({ $0.latestCount = -1 }, "--latest-count"), ({ $0.lateShare = 2 }, "--late-share"),
        ({ $0.unknownShare = 0.6 }, "--unknown-kinds"),
        ({ $0.listenAddress = "0.0.0.0:0" }, "--web.listen-address"),
        ({ $0.listenAddress = ":0" }, "--web.listen-address"),
        ({ $0.listenAddress = "192.168.0.1:0" }, "--web.listen-address"),
        ({ $0.listenAddress = "127.0.0.1.example:0" }, "--web.listen-address"),
        ({ $0.listenAddress = "rubbish" }, "--web.listen-address"),
    ]

    @Test(arguments: refusals.indices)
    func `rejects an invalid flag by its name`(index: Int) {
        let (configure, flag) = Self.refusals[index]
        let error = #expect(throws: SimulatorError.self) { _ = try SimulatorFixture(configure) }
        #expect(error?.description.hasPrefix("\(flag): ") == true)
    }
}
