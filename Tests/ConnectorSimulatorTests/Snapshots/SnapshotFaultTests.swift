// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import Testing

@Suite struct SnapshotFaultTests {
    private func fields(_ kind: String) throws -> (faulty: Set<String>, usual: Set<String>) {
        let usual = try SimulatorFixture { $0.connectors = 3 }
        let faulty = try SimulatorFixture.faulty(kind)
        let index = try usual.first("MANAGED")
        return (try faulty.snapshot(index).fields(), try usual.snapshot(index).fields())
    }

    @Test func `only the required fields remain`() throws {
        #expect(try fields("missing_optional").faulty == SnapshotFields.required)
    }

    @Test func `some optional fields are absent, at every level`() throws {
        let (faulty, usual) = try fields("missing_some")
        #expect(faulty.isStrictSubset(of: usual))
        #expect(SnapshotFields.required.isSubset(of: faulty))
        #expect(faulty.count > 40)
    }

    @Test(arguments: ["null_numbers", "wrong_types", "nan_text"])
    func `some fields have another type, but the time stays`(kind: String) throws {
        let (faulty, usual) = try fields(kind)
        let strange = faulty.subtracting(usual)
        #expect(strange.count > 30)
        #expect(faulty.contains("t number") && !faulty.contains { $0.hasPrefix("t ") && $0 != "t number" })
        if kind == "null_numbers" { #expect(strange.allSatisfy { $0.hasSuffix(" null") }) }
        if kind == "nan_text" { #expect(strange.allSatisfy { $0.hasSuffix(" string") }) }
    }

    @Test(arguments: [
        ("huge_numbers", ["1e308", "1e400", "18446744073709551615"]),
        ("negative_numbers", [":-0.5,", ":-1e308", ":-9223372036854775809"]),
    ])
    func `numbers are out of range`(kind: String, numbers: [String]) throws {
        let world = try SimulatorFixture.faulty(kind)
        let text = try world.ask(world.path(0, SimulatorFixture.latestPath)).text
        for number in numbers { #expect(text.contains(number)) }
        let query = [("from", "0"), ("to", "4000000000")]
        let list = try world.ask(world.path(0, SimulatorFixture.snapshotsPath), query: query).text
        #expect(list.contains(kind == "huge_numbers" ? "99999999999999999999999999" : "-9223372036854775809"))
    }

    @Test func `unknown fields are at every level`() throws {
        let (faulty, usual) = try fields("extra_fields")
        #expect(faulty.isSuperset(of: usual))
        for path in ["connector_id string", "tunnels[].connector_id string", "netdevs[]. object"] {
            #expect(faulty.contains(path))
        }
    }

    @Test func `several snapshots come in any order`() throws {
        let world = try SimulatorFixture.faulty("several_snapshots")
        var isSorted = true
        for _ in 0..<10 {
            let times = try world.latest(0).compactMap { $0["t"]?.number }
            #expect(Set(times).count == 5)
            if times != times.sorted(by: >) { isSorted = false }
        }
        #expect(!isSorted)
        let id = world.simulator.connectorIDs()[0]
        let truth = try world.ask("/control/snapshots", query: [("connector", id)]).decode(JSONValue.self)
        #expect(try world.latest(0).compactMap { $0["t"]?.number }.max() == truth["t"]?.number)
    }

    @Test func `snapshots with bad times come beside the usual one`() throws {
        let world = try SimulatorFixture.faulty("bad_times")
        let text = try world.ask(world.path(0, SimulatorFixture.latestPath)).text
        #expect(text.contains(#""count":16,"#))
        for time in [#""t":"NaN","#, #""t":null,"#, #""t":1e400,"#, #""t":-1,"#, #""t":{},"#] {
            #expect(text.contains(time))
        }
    }

    @Test func `states are unknown`() throws {
        let world = try SimulatorFixture.faulty("unknown_states")
        let snapshot = try world.snapshot(0)
        #expect(snapshot["ha_state"]?.text == "quorum lost")
        #expect(snapshot["tunnels"]?.items.first?["health_value"]?.number == 9)
        #expect(snapshot["routes"]?.items.first?["kind"]?.text == "wormhole")
    }

    @Test func `names have ten thousand bytes and differ`() throws {
        let world = try SimulatorFixture.faulty("long_names")
        let names = try world.snapshot(0)["netdevs"]?.items.compactMap { $0["name"]?.text } ?? []
        #expect(names.allSatisfy { (9996...10_004).contains($0.utf8.count) })
        #expect(Set(names).count == names.count && names.count > 3)
    }

    @Test(arguments: [
        ("many_interfaces", "interfaces", 500), ("many_interfaces", "netdevs", 500),
        ("many_leases", "dhcp_leases", 10_000), ("many_routes", "routes", 10_000),
    ])
    func `an array is very long`(kind: String, array: String, count: Int) throws {
        let world = try SimulatorFixture.faulty(kind) { $0.connectors = 12 }
        #expect(try world.snapshot(0)[array]?.items.count ?? 0 >= count)
        let virtual = try world.ask(world.path(try world.first("LICENSED"), SimulatorFixture.latestPath))
        #expect(virtual.text.contains("many\(count - 1)") || array == "routes")
    }

    @Test func `items occur twice`() throws {
        let world = try SimulatorFixture.faulty("duplicate_items")
        let latest = try world.latest(0)
        #expect(latest.count == 2 && latest.first == latest.last)
        let tunnels = latest.first?["tunnels"]?.items ?? []
        #expect(tunnels.first == tunnels.last && tunnels.count > 1)
        let pages = try world.snapshotPages(0, limit: 30)
        #expect(pages.allSatisfy { Set($0).count < $0.count })
    }

    @Test func `cursors of the list have the faults of the events' cursors`() throws {
        let world = try SimulatorFixture.faulty("repeat_pages")
        let pages = try world.snapshotPages(0, limit: 500)
        #expect(pages.count % 2 == 0)
        for index in stride(from: 0, to: pages.count, by: 2) { #expect(pages[index] == pages[index + 1]) }
        _ = try world.setFaults(#"[{"kind": "null_cursor"}]"#)
        let query = [("from", "0"), ("to", "1")]
        let reply = try world.ask(world.path(0, SimulatorFixture.snapshotsPath), query: query)
        #expect(reply.text.contains(#""items":[],"cursor":null"#))
    }

    @Test(arguments: ["numbers_float", "numbers_exponent"])
    func `numbers have another notation and the same value`(kind: String) throws {
        let usual = try SimulatorFixture { $0.connectors = 3 }
        let faulty = try SimulatorFixture.faulty(kind)
        #expect(try faulty.snapshot(0) == usual.snapshot(0))
        let text = try faulty.ask(faulty.path(0, SimulatorFixture.latestPath)).text
        #expect(text.contains(kind == "numbers_float" ? #""cpu_count":4.0"# : "e9,"))
    }

    @Test func `faults may affect one route only`() throws {
        let world = try SimulatorFixture.faulty("status:404,endpoint=snapshots_latest")
        #expect(try world.ask(world.path(0, SimulatorFixture.latestPath)).status == 404)
        #expect(try world.ask(world.path(0, "/telemetry/events/latest")).status == 200)
        for endpoint in ["snapshots", "snapshot"] { _ = try Fault.parse("reset,endpoint=\(endpoint)") }
    }
}
