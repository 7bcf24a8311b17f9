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
        #expect(connectors[0].site_id == connectors[1].site_id)
        #expect(connectors[0].primary == true)
        #expect(connectors[1].primary == false)
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
