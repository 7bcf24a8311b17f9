// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorSnapshots
import HTTPTransport
import Testing

/// Snapshots from the JSON of the API to samples.
struct SnapshotDecodingTests {
    private struct FixedTransport: HTTPTransport {
        let body: String

        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            HTTPResponse(status: 200, body: Array(body.utf8))
        }
    }

    /// Decodes a snapshot with some fields.
    private func snapshot(_ fields: String) async throws -> Snapshot {
        let api = APIClient(
            transport: FixedTransport(
                body: #"{"success": true, "result": {"items": [{"t": 1700000000, \#(fields)}]}}"#
            ),
            baseURL: try BaseURL("https://api.example/client/v4"),
            requestTimeout: .seconds(1)
        )
        let credential = try #require(Credential("token"))
        let reply = try await api.latestSnapshot(account: "a", connector: "c", credential: credential)
        return try #require(reply.value.newest)
    }

    /// Returns the samples of a metric: the label values and the value.
    private func samples(_ name: String, _ snapshot: Snapshot) throws -> [String: Double] {
        let metric = try #require(SnapshotMetric.all.first { $0.name == name })
        var samples: [String: Double] = [:]
        metric.forEachSample(in: snapshot) { samples[$0.joined(separator: ",")] = $1 }
        return samples
    }

    @Test(arguments: ["null", #""12""#, "true", "[]", "{}", #""NaN""#, "1e400"])
    func `a number of another type is absent`(value: String) async throws {
        let snapshot = try await snapshot(#""load_average_1m": \#(value), "load_average_5m": 2"#)
        #expect(try samples("load1", snapshot).isEmpty)
        #expect(try samples("load5", snapshot) == ["": 2])
    }

    @Test func `a negative counter is absent, and a negative temperature is not`() async throws {
        let snapshot = try await snapshot(
            #""kernel_ctxt": -1, "thermals": [{"label": "x", "current_celcius": -4}]"#
        )
        #expect(try samples("context_switches_total", snapshot).isEmpty)
        #expect(try samples("hwmon_temp_celsius", snapshot) == ["x": -4])
    }

    @Test(arguments: [
        (#""ha_state": "Active", "ha_value": 2"#, "active"),
        (#""ha_state": "odd", "ha_value": 2"#, "standby"),
        (#""ha_state": "odd""#, "unknown"), (#""ha_value": 4"#, "fault"), (#""ha_value": 9"#, "unknown"),
    ])
    func `the text of a state has priority over its number`(fields: String, expected: String) async throws {
        let samples = try samples("ha_state", try await snapshot(fields))
        #expect(samples.count == 6)
        #expect(samples.filter { $0.value == 1 }.map(\.key) == [expected])
    }

    @Test func `without a state there is no sample`() async throws {
        #expect(try samples("ha_state", try await snapshot(#""v": "1""#)).isEmpty)
    }

    @Test func `lists are filtered, bounded and without duplicates`() async throws {
        let devices = (0..<500).map { #"{"name": "eth\#($0)", "recv_bytes": \#($0)}"# }
        let odd =
            #"{"name": "lo", "recv_bytes": 1}, {"recv_bytes": 2}, 7, null, [], {"name": "eth0", "recv_bytes": 9}"#
        let snapshot = try await snapshot(#""netdevs": [\#(odd), \#(devices.joined(separator: ",")), 8]"#)
        let bytes = try samples("network_receive_bytes_total", snapshot)
        #expect(bytes.count == 64)
        #expect(bytes["eth0"] == 0, "the last of equal names")
        #expect(bytes["lo"] == nil)
        #expect(snapshot.dropped == 436)
    }

    @Test func `of two tunnels with one id the worse one counts, and of two sensors the warmer one`()
        async throws
    {
        let snapshot = try await snapshot(
            """
            "tunnels": [{"tunnel_id": "t", "health_state": "down"}, {"tunnel_id": "t", "health_state": "healthy"}],
            "thermals": [{"label": "s", "current_celcius": 70}, {"label": "s", "current_celcius": 50}]
            """
        )
        #expect(try samples("tunnel_health", snapshot)["t,down"] == 1)
        #expect(try samples("hwmon_temp_celsius", snapshot) == ["s": 70])
    }

    @Test func `long names are cut at the boundary of a character`() async throws {
        let name = String(repeating: "é", count: 100)
        let snapshot = try await snapshot(#""bonds": [{"name": "\#(name)", "status": "\#(name)"}]"#)
        let label = try #require(try samples("bonding_status", snapshot).keys.first)
        #expect(label == "\(name.prefix(64)),\(name.prefix(64))")
    }

    @Test func `unknown texts of states are reported`() async throws {
        let snapshot = try await snapshot(
            #""ha_state": "odd", "tunnels": [{"tunnel_id": "t", "health_state": "flaky", "health_value": 2}]"#
        )
        #expect(snapshot.unknownStates == ["ha_state=odd", "tunnels.health_state=flaky"])
        #expect(try samples("tunnel_health", snapshot)["t,degraded"] == 1)
    }

    @Test func `leases are counted by device, and a device without leases stays`() async throws {
        var snapshot = try await snapshot(
            #""dhcp_leases": [{"interface_name": "a", "expiry_time": 1700000001}, {"interface_name": "a", "expiry_time": 1}]"#
        )
        snapshot.addLeaseDevices(["a", "b"])
        #expect(try samples("dhcp_leases", snapshot) == ["a": 1, "b": 0])
        #expect(snapshot.leaseDevices == ["a", "b"])
    }

    @Test func `a counter that goes back without a boot is evidence of deltas`() async throws {
        let first = try await snapshot(#""kernel_btime": 1600000000, "kernel_ctxt": 10"#)
        var later = try await snapshot(#""kernel_btime": 1600000001, "kernel_ctxt": 9"#)
        #expect(CounterSemantics.evidence(in: later, after: first) == nil, "the same snapshot")
        later = try await laterSnapshot(#""kernel_btime": 1600000001, "kernel_ctxt": 9"#)
        #expect(CounterSemantics.evidence(in: later, after: first) == .delta)
        later = try await laterSnapshot(#""kernel_btime": 1699999999, "kernel_ctxt": 9"#)
        #expect(CounterSemantics.evidence(in: later, after: first) == nil, "a reboot")
        later = try await laterSnapshot(#""cpu_time_idle_ms": 1000000, "uptime_idle_ms": 1000100"#)
        #expect(CounterSemantics.evidence(in: later, after: first) == .cumulative)
    }

    private func laterSnapshot(_ fields: String) async throws -> Snapshot {
        try await snapshot(#""v": "1"}, {"t": 1700000060, \#(fields)"#)
    }
}
