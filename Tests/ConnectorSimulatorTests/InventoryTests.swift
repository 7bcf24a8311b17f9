// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import Testing

@Suite struct InventoryTests {
    private func list(_ world: SimulatorFixture, query: [(name: String, value: String)] = []) throws -> [Wire
        .Connector]
    {
        try world.ask(SimulatorFixture.connectorsPath, query: query).decode(Wire.Connectors.self).result
    }

    @Test func `holds every connector with all its fields`() throws {
        let world = try SimulatorFixture()
        let connectors = try list(world)
        #expect(connectors.map(\.id) == world.simulator.connectorIDs())
        #expect(Set(connectors.map(\.id)).count == 25)
        for connector in connectors {
            #expect(connector.id.utf8.count == 32)
            #expect(connector.device?.id.utf8.count == 32)
            #expect(["MANAGED", "LICENSED"].contains(connector.device?.type))
            #expect(connector.last_seen_version?.hasPrefix("2026.") == true)
            #expect(connector.license_key?.hasPrefix("LICENSE-KEY-MUST-NOT-LEAK-") == true)
        }
        #expect(Set(connectors.compactMap(\.device?.serial_number)).count == 25)
    }

    @Test func `lists sites with their connectors`() throws {
        let world = try SimulatorFixture()
        let path = SimulatorFixture.connectorsPath.replacing("/connectors", with: "/sites")
        let sites = try world.ask(path).decode(Wire.Sites.self).result
        let ids = world.simulator.connectorIDs()
        #expect(
            Set(sites.flatMap { [$0.connector_id, $0.secondary_connector_id] }.compactMap(\.self)) == Set(ids)
        )
        let pair = try #require(sites.first { $0.connector_id == ids[0] })
        #expect(pair.secondary_connector_id == ids[1])
        #expect(pair.ha_mode)
        #expect(pair.name == "Frankfurt")
        #expect(Double(pair.location?.lat ?? "") == 50.11)
        let single = try #require(sites.first { $0.connector_id == ids[7] })
        #expect(single.secondary_connector_id == nil && !single.ha_mode)
        #expect(single.name == "Zürich")
    }

    @Test func `a token has an expiry and an owner`() throws {
        let account = "00000000000000000000000000000001"
        let world = try SimulatorFixture {
            $0.tokens = [
                AccessToken("users", expiry: 1_800_000_000), AccessToken("accounts", owner: account),
            ]
        }
        let user = "/client/v4/user/tokens/verify"
        let owned = "/client/v4/accounts/\(account)/tokens/verify"
        func ask(_ path: String, _ token: String) throws -> SimulatorFixture.Reply {
            try world.ask("GET", path, authorization: "Bearer \(token)")
        }
        #expect(try ask(user, "users").text.contains(#""expires_on":"2027-01-15T08:00:00Z""#))
        #expect(try ask(owned, "users").status == 401)
        #expect(try ask(user, "accounts").status == 401)
        let reply = try ask(owned, "accounts")
        #expect(reply.status == 200 && !reply.text.contains("expires_on"))
    }

    @Test func `a connector without power has no heartbeats and no events until it starts again`() throws {
        let world = try SimulatorFixture()
        let id = try #require(world.simulator.connectorIDs().first)
        _ = try world.ask("POST", "/control/connectors", body: #"{"power_off": "\#(id)", "ago": 100}"#)
        let before = try world.known(0).count
        let heartbeat = try list(world)[0].last_heartbeat
        world.pass(3600)
        #expect(try list(world)[0].last_heartbeat == heartbeat)
        #expect(try world.known(0).count == before)
        _ = try world.ask("POST", "/control/connectors", body: #"{"power_on": "\#(id)"}"#)
        #expect(try world.known(0).last?.k == "Init")
        #expect(try list(world)[0].last_heartbeat != heartbeat)
    }

    @Test func `a deactivated connector is listed as such`() throws {
        let world = try SimulatorFixture()
        let id = try #require(world.simulator.connectorIDs().first)
        _ = try world.ask("POST", "/control/connectors", body: #"{"deactivate": "\#(id)"}"#)
        #expect(try list(world).map(\.activated).prefix(2) == [false, true])
        _ = try world.ask("POST", "/control/connectors", body: #"{"activate": "\#(id)"}"#)
        #expect(try list(world)[0].activated)
    }

    @Test func `has notes with special characters`() throws {
        let world = try SimulatorFixture()
        let connectors = try list(world)
        #expect(
            connectors[4].notes
                == "The \"north\" office \\ 2nd floor\nring twice\t<script>alert(1)</script>"
        )
        #expect(connectors[7].notes.contains("☃"))
        let text = try world.ask(SimulatorFixture.connectorsPath).text
        #expect(text.contains(#"The \"north\" office \\ 2nd floor\nring twice\t<script>"#))
    }

    @Test func `filters by device type`() throws {
        let world = try SimulatorFixture()
        let managed = try list(world, query: [("device_type", "MANAGED")])
        let licensed = try list(world, query: [("device_type", "LICENSED")])
        #expect(managed.allSatisfy { $0.device?.type == "MANAGED" })
        #expect(managed.count + licensed.count == 25)
        #expect(!managed.isEmpty && !licensed.isEmpty)
    }

    @Test func `shows a heartbeat that moves every ten seconds while the agent runs`() throws {
        // 2026-09-21T14:13:20Z
        let world = try SimulatorFixture { $0.lifeSpeed = 0 }
        let first = try #require(try list(world)[0].last_heartbeat)
        #expect(first == "2026-09-21T14:13:20Z")
        world.pass(9)
        #expect(try list(world)[0].last_heartbeat == first)
        world.pass(1)
        #expect(try list(world)[0].last_heartbeat == "2026-09-21T14:13:30Z")
        #expect(try list(world)[3].last_heartbeat == "2026-09-21T14:13:27Z")
    }

    @Test func `shows the heartbeat of a stopped agent standing still`() throws {
        let world = try SimulatorFixture {
            $0.connectors = 5
            // Rare incidents happen within the following day.
            $0.history = 0
        }
        var longest = 0
        var standing: [String: (heartbeat: String, minutes: Int)] = [:]
        for _ in 0..<1440 {
            world.pass(60)
            for connector in try list(world) {
                let heartbeat = connector.last_heartbeat ?? ""
                let before = standing[connector.id]
                let minutes = before?.heartbeat == heartbeat ? (before?.minutes ?? 0) + 1 : 0
                standing[connector.id] = (heartbeat, minutes)
                longest = max(longest, minutes)
            }
        }
        #expect((1...12).contains(longest))
    }

    @Test func `one connector is what the list says of it`() throws {
        let world = try SimulatorFixture { $0.connectors = 3 }
        struct One: Decodable { let result: Wire.Connector }
        let one = try world.ask(world.path(1)).decode(One.self).result
        #expect(one.id == world.simulator.connectorIDs()[1])
        #expect(try world.ask(SimulatorFixture.connectorsPath).text.contains(one.license_key ?? "none"))
    }

    @Test func `a connector that is removed is gone until it is restored, and lives on`() throws {
        let world = try SimulatorFixture { $0.connectors = 3 }
        let id = world.simulator.connectorIDs()[1]
        #expect(try world.ask("POST", "/control/connectors", body: #"{"remove": "\#(id)"}"#).status == 200)
        #expect(try list(world).count == 2)
        #expect(try world.ask(world.path(1, "/telemetry/events/latest")).status == 404)
        #expect(try world.truth().connectors[1].removed)
        let before = try world.known(1).count
        world.pass(3600)
        #expect(try world.ask("POST", "/control/connectors", body: #"{"restore": "\#(id)"}"#).status == 200)
        #expect(try list(world).map(\.id) == world.simulator.connectorIDs())
        #expect(try world.known(1).count > before)
        #expect(try world.ask("POST", "/control/connectors", body: #"{"remove": "x"}"#).status == 404)
    }
}
