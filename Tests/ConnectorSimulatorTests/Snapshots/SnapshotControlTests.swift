// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import Testing

@Suite struct SnapshotControlTests {
    private let world: SimulatorFixture

    init() throws {
        world = try SimulatorFixture { $0.snapshotIncidents = 0 }
    }

    private func truth(_ index: Int) throws -> JSONValue {
        let id = world.simulator.connectorIDs()[index]
        return try world.ask("/control/snapshots", query: [("connector", id)]).decode(JSONValue.self)
    }

    @Test func `a change makes a snapshot at once`() throws {
        for (step, health) in ["down", "degraded", "unknown", "wobbly", "healthy"].enumerated() {
            #expect(try world.change(0, #""tunnel": 0, "health": "\#(health)""#).status == 200)
            let snapshot = try world.snapshot(0)
            // Changes within a second have successive times.
            #expect(snapshot["t"]?.number == SimulatorFixture.start + Double(step))
            let tunnel = snapshot["tunnels"]?.items.first
            #expect(tunnel?["health_state"]?.text == health)
            let values = ["unknown": 0.0, "healthy": 1, "degraded": 2, "down": 3]
            #expect(tunnel?["health_value"]?.number == values[health] ?? 0)
            #expect((tunnel?["latency_ms"] != nil) == (health == "degraded" || health == "healthy"))
        }
    }

    @Test func `a tunnel is also known by its identifier`() throws {
        let tunnels = try world.snapshot(2)["tunnels"]?.items ?? []
        let id = try #require(tunnels.last?["tunnel_id"]?.text)
        try world.change(2, #""tunnel": "\#(id)", "health": "down""#)
        #expect(try world.snapshot(2)["tunnels"]?.item("tunnel_id", id)?["health_state"]?.text == "down")
    }

    @Test func `a port without carrier is down, its tunnels are too, and its counters stop`() throws {
        let index = try world.first("MANAGED")
        try world.change(index, #""interface": "eth0", "carrier": false"#)
        let lost = try world.snapshot(index)
        world.pass(600)
        let later = try world.snapshot(index)
        #expect(later["t"]?.number ?? 0 > lost["t"]?.number ?? .infinity)
        let port = later["interfaces"]?.item("name", "eth0")
        #expect(port?["operstate"]?.text == "down")
        #expect(port?["speed"]?.number == -1)
        #expect(port?["health_reason"]?.text == "no_carrier")
        #expect(later["tunnels"]?.items.first?["health_state"]?.text == "down")
        for name in ["eth0", "xfrm1"] {
            #expect(later["netdevs"]?.item("name", name) == lost["netdevs"]?.item("name", name))
        }
        #expect(later["netdevs"]?.item("name", "eth2") != lost["netdevs"]?.item("name", "eth2"))
        try world.change(index, #""interface": "eth0", "carrier": true"#)
        #expect(try world.snapshot(index)["tunnels"]?.items.first?["health_state"]?.text == "healthy")
    }

    @Test func `the disk fills, the processor heats up, and a reset ends both`() throws {
        let index = try world.first("MANAGED")
        try world.change(index, #""disk_used": 0.97, "temperature": 98, "ha_state": "fault""#)
        let hot = try world.snapshot(index)
        let root = hot["mounts"]?.item("mount_point", "/")
        let ratio = (root?["available_bytes"]?.number ?? 0) / (root?["total_bytes"]?.number ?? 1)
        #expect(abs(ratio - 0.03) < 0.001)
        let sensor = hot["thermals"]?.item("label", "coretemp Package id 0")
        #expect(sensor?["current_celcius"]?.number == 98)
        #expect(sensor?["max_celcius"]?.number ?? 0 >= 98)
        #expect(hot["ha_state"]?.text == "fault" && hot["ha_value"]?.number == 4)
        try world.change(index, #""reset": true"#)
        let usual = try world.snapshot(index)
        #expect(
            usual["thermals"]?.item("label", "coretemp Package id 0")?["current_celcius"]?.number ?? 98 < 70
        )
        #expect(usual["ha_state"]?.text != "fault")
    }

    @Test func `a silent box sends nothing until it is no longer silent`() throws {
        try world.change(3, #""silent": true"#)
        let last = try world.snapshot(3)
        world.pass(3600)
        try world.change(3, #""tunnel": 0, "health": "down""#)
        #expect(try world.snapshot(3) == last)
        let failures = last["count_transmit_failures"]?.number ?? 0
        try world.change(3, #""silent": false"#)
        let next = try world.snapshot(3)
        #expect(next["t"]?.number == world.now)
        #expect(next["tunnels"]?.items.first?["health_state"]?.text == "down")
        #expect(next["count_transmit_failures"]?.number == failures + 3)
        let listed = try world.snapshotPages(3).joined().compactMap { $0["t"]?.number }
        #expect(!listed.contains { $0 > last["t"]?.number ?? 0 && $0 < world.now })
    }

    @Test func `a box without power sends nothing, and its kernel starts again`() throws {
        let id = world.simulator.connectorIDs()[7]
        _ = try world.ask("POST", "/control/connectors", body: #"{"power_off": "\#(id)", "ago": 100}"#)
        let last = try world.snapshot(7)
        #expect(last["t"]?.number ?? 0 <= world.now - 100)
        world.pass(3600)
        #expect(try world.snapshot(7) == last)
        #expect(try world.change(7, #""reboot": true"#).status == 409)
        _ = try world.ask("POST", "/control/connectors", body: #"{"power_on": "\#(id)"}"#)
        let next = try world.snapshot(7)
        #expect(next["t"]?.number == world.now)
        #expect(next["kernel_btime"]?.number ?? 0 > world.now - 60)
    }

    @Test func `a box that never reported has an empty list, or is not found`() throws {
        let world = try SimulatorFixture { $0.history = 0 }
        #expect(try world.latest(0).isEmpty)
        #expect(
            try world.ask(world.path(0, SimulatorFixture.latestPath)).text.contains(#""count":0,"items":[]"#)
        )
        _ = try world.setFaults(#"[{"kind": "no_snapshot_404"}]"#)
        #expect(try world.ask(world.path(0, SimulatorFixture.latestPath)).status == 404)
        world.pass(120)
        #expect(try world.latest(0).count == 1)
        try world.change(0, #""forget": true, "silent": true"#)
        #expect(try world.ask(world.path(0, SimulatorFixture.latestPath)).status == 404)
        #expect(try world.snapshotPages(0) == [[]])
        let id = world.simulator.connectorIDs()[0]
        #expect(try world.ask("/control/snapshots", query: [("connector", id)]).status == 404)
    }

    /// The states of the first pair.
    private func roles() throws -> [String?] { try (0...1).map { try world.snapshot($0)["ha_state"]?.text } }

    @Test func `a failover swaps both boxes of a pair`() throws {
        let before = try roles()
        #expect(Set(before) == ["active", "standby"])
        try world.change(1, #""failover": true"#)
        #expect(try roles() == before.reversed())
        #expect(try (0...1).map { try world.snapshot($0)["t"]?.number } == [world.now, world.now])
        #expect(try (0...1).map { try world.known($0).last?.k } == ["HaTransition", "HaTransition"])
        #expect(try world.change(3, #""failover": true"#).status == 409)
        #expect(try world.snapshot(3)["ha_state"]?.text == "disabled")
        #expect(try world.snapshot(3)["ha_value"]?.number == 0)
    }

    @Test func `the pair fails over if its active box loses its power`() throws {
        let active = try roles().firstIndex(of: "active") ?? 0
        let id = world.simulator.connectorIDs()[active]
        _ = try world.ask("POST", "/control/connectors", body: #"{"power_off": "\#(id)"}"#)
        #expect(try world.snapshot(1 - active)["ha_state"]?.text == "active")
        #expect(try world.change(1 - active, #""failover": true"#).status == 409)
        world.pass(86_400)
        _ = try world.ask("POST", "/control/connectors", body: #"{"power_on": "\#(id)"}"#)
        #expect(Set(try roles()) == ["active", "standby"])
        #expect(try world.snapshot(1 - active)["ha_state"]?.text == "active")
    }

    @Test func `a failover of the script swaps both boxes in the same second`() throws {
        let world = try SimulatorFixture {
            $0.connectors = 2
            $0.historySpeed = 1
            $0.lifeSpeed = 1000
            $0.snapshotInterval = 1
            $0.snapshotIncidents = 0
        }
        var states: Set<[String]> = []
        for index in 0..<60 {
            world.pass(30)
            // The order of the requests does not matter.
            _ = try world.snapshot(index % 2)
            let t = Int(world.now) - 9
            let roles = try (0...1).map { index in
                let path = world.path(index, "\(SimulatorFixture.snapshotsPath)/\(t)")
                return try world.ask(path).decode(JSONValue.self)["result"]?["ha_state"]?.text ?? "rebooting"
            }
            states.insert(roles)
        }
        #expect(states.contains(["active", "standby"]) && states.contains(["standby", "active"]))
        #expect(!states.contains(["active", "active"]) && !states.contains(["standby", "standby"]))
    }

    @Test func `the truth is the newest snapshot as served, with its collection time`() throws {
        for index in 0..<5 {
            guard case .object(var known) = try truth(index) else { continue }
            let a = known.removeValue(forKey: "a")?.number ?? 0
            #expect(try JSONValue.object(known) == world.snapshot(index))
            #expect((2...8).contains(a - (known["t"]?.number ?? 0)))
        }
        let id = world.simulator.connectorIDs()[0]
        let t = try #require(try world.snapshotPages(0).first?.first?["t"]?.number)
        let old = try world.ask("/control/snapshots", query: [("connector", id), ("t", String(Int(t)))])
        #expect(try old.decode(JSONValue.self)["t"]?.number == t)
    }

    @Test func `paused scripts stop the snapshots, but not the changes of tests`() throws {
        _ = try world.ask("POST", "/control/life", body: #"{"paused": true}"#)
        let before = try world.snapshot(4)
        world.pass(600)
        #expect(try world.snapshot(4) == before)
        try world.change(4, #""tunnel": 0, "health": "down""#)
        #expect(try world.snapshot(4)["t"]?.number == world.now)
        _ = try world.ask("POST", "/control/life", body: #"{"paused": false}"#)
        world.pass(120)
        #expect(try world.snapshot(4)["t"]?.number ?? 0 > world.now - 90)
    }

    @Test(arguments: [
        (#""tunnel": 9, "health": "down""#, 404), (#""tunnel": 0"#, 400), (#""health": "down""#, 400),
        (#""interface": "eth99", "carrier": false"#, 404), (#""interface": "eth0""#, 400),
        (#""disk_used": 1.5"#, 400), (#""disk_used": "x""#, 400),
    ])
    func `an invalid change is rejected`(members: String, status: Int) throws {
        let before = try world.snapshot(0)
        let reply = try world.change(0, members)
        #expect(reply.status == status)
        #expect(reply.text.contains("error"))
        #expect(try world.snapshot(0) == before)
    }

    @Test func `several changes come in one array`() throws {
        let ids = world.simulator.connectorIDs()
        let body =
            #"[{"connector": "\#(ids[0])", "silent": true}, {"connector": "\#(ids[5])", "ha_state": "stopped"}]"#
        #expect(try world.ask("POST", "/control/snapshots", body: body).status == 200)
        #expect(try world.snapshot(5)["ha_value"]?.number == 3)
        #expect(try world.ask("POST", "/control/snapshots", body: #"[{"connector": "x"}]"#).status == 404)
    }
}
