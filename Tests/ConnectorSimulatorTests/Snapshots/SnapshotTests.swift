// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import Testing

@Suite struct SnapshotTests {
    private static func calm(_ configure: (inout SimulatorConfiguration) -> Void = { _ in }) throws
        -> SimulatorFixture
    {
        try SimulatorFixture {
            $0.snapshotIncidents = 0
            configure(&$0)
        }
    }

    @Test func `a managed box reports every field of the reference`() throws {
        #expect(SnapshotFields.lines.filter { !$0.path.contains("[]") }.count == 175)
        let world = try Self.calm()
        var reported: Set<String> = []
        let types = try world.ask(SimulatorFixture.connectorsPath).decode(Wire.Connectors.self).result
        for (index, connector) in types.enumerated() where connector.device?.type == "MANAGED" {
            let fields = try world.snapshot(index).fields()
            #expect(fields.filter { !$0.contains("[]") } == SnapshotFields.all.filter { !$0.contains("[]") })
            #expect(fields.isSubset(of: SnapshotFields.all))
            reported.formUnion(fields)
        }
        #expect(reported == SnapshotFields.all)
    }

    @Test func `a virtual box has three ports, one disk and no leases`() throws {
        let world = try Self.calm()
        let snapshot = try world.snapshot(try world.first("LICENSED"))
        #expect(snapshot.fields().isSubset(of: SnapshotFields.all))
        let ports = snapshot["interfaces"]?.items.filter { $0["speed"] != nil } ?? []
        #expect(ports.count == 3)
        #expect(Set(ports.compactMap { $0["operstate"]?.text }) == ["UP", "DOWN"])
        #expect(snapshot["dhcp_leases"] == .array([]))
        #expect(snapshot["disks"]?.items.filter { $0["minor"]?.number == 0 }.count == 1)
        #expect(snapshot["thermals"]?.items.allSatisfy { $0["current_celcius"]?.number == 0 } == true)
    }

    @Test func `the parts of the memory and of the processor's time add up`() throws {
        let world = try Self.calm()
        for index in 0..<6 {
            let snapshot = try world.snapshot(index)
            func value(_ name: String) -> Double { snapshot[name]?.number ?? .nan }
            #expect(value("memory_available_bytes") <= value("memory_total_bytes"))
            #expect(value("memory_free_bytes") < value("memory_available_bytes"))
            #expect(
                value("memory_slab_bytes")
                    == value("memory_s_reclaimable_bytes") + value("memory_s_unreclaim_bytes")
            )
            let modes = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"]
            let sum = modes.reduce(0) { $0 + value("cpu_time_\($1)_ms") }
            #expect(sum == value("uptime_total_ms") * value("cpu_count"))
            #expect(value("uptime_idle_ms") == value("cpu_time_idle_ms"))
            #expect(value("uptime_total_ms") == (value("t") - value("kernel_btime")) * 1000)
        }
    }

    @Test func `the snapshots depend on the seed and the birth alone`() throws {
        let birth = Int(SimulatorFixture.start) - 86_400
        let first = try SimulatorFixture { $0.birth = birth }
        let later = try SimulatorFixture(start: SimulatorFixture.start + 5000) { $0.birth = birth }
        let other = try SimulatorFixture {
            $0.birth = birth
            $0.seed = 2
        }
        for _ in 0..<50 {
            first.pass(100)
            _ = try first.snapshot(3)
        }
        for index in 0..<8 { #expect(try first.snapshot(index) == later.snapshot(index)) }
        #expect(try first.snapshot(0) != other.snapshot(0))
    }

    /// The names of counters in a snapshot, with their values.
    private func counters(_ snapshot: JSONValue) -> [String: Double] {
        let suffixes = ["_total_us", "_msgs", "_segs", "_datagrams", "_requests"]
        var counters: [String: Double] = [:]
        guard case .object(let members) = snapshot else { return [:] }
        for (name, value) in members {
            let isCounter =
                name.hasPrefix("cpu_time_") || name == "kernel_ctxt" || name == "kernel_processes"
                || suffixes.contains { name.hasSuffix($0) }
            if isCounter, let number = value.number { counters[name] = number }
        }
        for (array, excluded) in [("netdevs", []), ("disks", ["major", "minor", "in_progress"])] {
            for item in snapshot[array]?.items ?? [] {
                guard case .object(let members) = item, let name = item["name"]?.text else { continue }
                for (field, value) in members where !excluded.contains(field) {
                    if let number = value.number { counters["\(name) \(field)"] = number }
                }
            }
        }
        return counters
    }

    @Test(arguments: [1, 60, 86_400] as [Double])
    func `counters never decrease until a reboot, which resets them`(interval: Double) throws {
        let world = try Self.calm {
            $0.history = 5 * 86_400
            $0.lifeSpeed = 0
            $0.historySpeed = 1
            $0.snapshotInterval = interval
        }
        // The script may reboot during the history, but not after it.
        for index in 0..<4 {
            var last = counters(try world.snapshot(index))
            for step in 0..<20 {
                world.pass(interval)
                if step % 5 == 0 {
                    try world.change(index, #""interface": "eth0", "carrier": \#(step % 2 == 1)"#)
                }
                let next = counters(try world.snapshot(index))
                #expect(next.keys == last.keys)
                for (name, value) in next { #expect(value >= last[name] ?? 0, "\(name)") }
                last = next
            }
            let before = try world.snapshot(index)
            try world.change(index, #""reboot": true"#)
            let after = try world.snapshot(index)
            #expect(after["kernel_btime"]?.number ?? 0 > before["t"]?.number ?? .infinity)
            for name in ["kernel_ctxt", "cpu_time_idle_ms", "snmp_ip_in_delivers"] {
                #expect(after[name]?.number ?? .infinity < before[name]?.number ?? 0, "\(name)")
            }
            #expect(try world.known(index).last?.k == "Init")
        }
    }

    @Test func `an upgrade of the script reboots the box`() throws {
        let world = try Self.calm {
            $0.connectors = 8
            $0.historySpeed = 1
            $0.lifeSpeed = 3000
        }
        var boots: Set<Double> = []
        var versions: Set<String> = []
        for _ in 0..<60 {
            world.pass(60)
            let snapshot = try world.snapshot(7)
            boots.insert(snapshot["kernel_btime"]?.number ?? 0)
            versions.insert(snapshot["v"]?.text ?? "")
            #expect(snapshot["uptime_total_ms"]?.number ?? -1 >= 0)
        }
        #expect(boots.count > 3)
        #expect(versions.count > 2)
        let restarts = try world.known(7).filter { $0.k == "Init" }.count
        #expect(boots.count < restarts, "a restart of the agent is not a reboot")
    }

    @Test(arguments: EventOrder.allCases, [1, 7, 100])
    func `the pages of the list have every snapshot once, in order`(order: EventOrder, limit: Int) throws {
        let world = try Self.calm {
            $0.history = 7200
            $0.order = order
        }
        try world.change(1, #""disk_used": 0.5"#)
        world.pass(600)
        let pages = try world.snapshotPages(1, limit: limit)
        let times = pages.flatMap { $0.compactMap { $0["t"]?.number } }
        #expect(times == times.sorted(by: order == .oldestFirst ? (<) : (>)))
        #expect(Set(times).count == times.count)
        #expect((130...131).contains(times.count))
        #expect(pages.dropLast().allSatisfy { $0.count == limit })
        for item in pages.joined() {
            let delay = (item["a"]?.number ?? 0) - (item["t"]?.number ?? 0)
            #expect((2...8).contains(delay) || item["t"]?.number == SimulatorFixture.start)
        }
        let some = try world.snapshotPages(1, from: Int(times[20]), to: Int(times[20]))
        #expect(some.map { $0.compactMap { $0["t"]?.number } } == [[times[20]]])
    }

    @Test func `every listed snapshot can be read again, and the newest one is the latest`() throws {
        let world = try SimulatorFixture { $0.history = 1800 }
        for index in 0..<4 {
            let latest = try world.snapshot(index)
            let listed = try world.snapshotPages(index).joined().compactMap { $0["t"]?.number }
            #expect(listed.max() == latest["t"]?.number)
            for t in listed {
                let reply = try world.ask(world.path(index, "\(SimulatorFixture.snapshotsPath)/\(Int(t))"))
                let single = try reply.decode(JSONValue.self)["result"]
                #expect(single?["t"]?.number == t)
                if t == listed.max() { #expect(single == latest) }
            }
            for name in [
                "1", "\(Int(world.now) + 5)", "1.79e+09", "x", "-9223372036854775808", "9223372036854775807",
            ] {
                let reply = try world.ask(world.path(index, "\(SimulatorFixture.snapshotsPath)/\(name)"))
                #expect(reply.status == 404)
                #expect(reply.code == 1002)
            }
        }
    }

    @Test func `a snapshot that was read never changes`() throws {
        let world = try SimulatorFixture {
            $0.connectors = 3
            $0.historySpeed = 1
            $0.lifeSpeed = 200
            $0.snapshotIncidents = 100
            $0.snapshotInterval = 10
        }
        var seen: [Int: [Int: JSONValue]] = [:]
        for step in 0..<120 {
            world.pass(7.3)
            if step % 20 == 0 { try world.change(step % 3, #""tunnel": 0, "health": "degraded""#) }
            for index in 0..<3 {
                let snapshot = try world.snapshot(index)
                seen[index, default: [:]][Int(snapshot["t"]?.number ?? 0)] = snapshot
            }
        }
        for (index, snapshots) in seen {
            #expect(snapshots.count > 50)
            for (t, snapshot) in snapshots where t % 3 == 0 {
                let reply = try world.ask(world.path(index, "\(SimulatorFixture.snapshotsPath)/\(t)"))
                #expect(try reply.decode(JSONValue.self)["result"] == snapshot, "\(index) \(t)")
            }
        }
    }

    private struct Health: Decodable {
        struct Result: Decodable {
            struct Snapshot: Decodable {
                struct Tunnel: Decodable {
                    let health_state: String
                    let recent_unhealthy_pings: Int
                }
                let tunnels: [Tunnel]
            }
            let items: [Snapshot]
        }
        let result: Result
    }

    @Test func `incidents occur by themselves, and end`() throws {
        let world = try SimulatorFixture { $0.snapshotIncidents = 4 }
        var degraded = 0
        var healthy = 0
        for _ in 0..<24 {
            world.pass(1800)
            for index in 0..<10 {
                let reply = try world.ask(world.path(index, SimulatorFixture.latestPath)).decode(Health.self)
                for tunnel in reply.result.items.flatMap(\.tunnels) {
                    let isDegraded = tunnel.health_state == "degraded"
                    if isDegraded { degraded += 1 } else { healthy += 1 }
                    #expect(
                        tunnel.health_state == "down" || isDegraded == (tunnel.recent_unhealthy_pings > 0)
                    )
                }
            }
        }
        #expect(degraded > 10 && healthy > 3 * degraded)
    }

    @Test func `the requests are counted, authorized and limited as those of events`() throws {
        let world = try Self.calm { $0.rateLimit = 5 }
        let paths = ["", "/latest", "/1"].map { world.path(0, SimulatorFixture.snapshotsPath + $0) }
        #expect(try paths.map { try world.ask($0).status } == [400, 200, 404])
        #expect(try world.ask("GET", paths[1], authorization: nil).status == 401)
        #expect(try world.ask("POST", paths[1]).status == 405)
        let replaced = paths[1].replacing(
            world.simulator.connectorIDs()[0],
            with: String(repeating: "0", count: 32)
        )
        #expect(try world.ask(replaced).code == 1002)
        #expect(try world.ask(paths[1]).status == 429)
        let requests = try world.ask("/control/requests").decode(Wire.Requests.self)
        #expect(requests.by_endpoint["snapshots"] == 1)
        #expect(requests.by_endpoint["snapshot"] == 1)
        #expect(requests.by_endpoint["snapshots_latest"] ?? 0 >= 4)
    }
}
