// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The metrics of snapshots against the simulator's truth.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SnapshotTests {
    private static let all =
        "[ha, system, memory, pressure, network, tunnels, disks, filesystems, temperatures, dhcp, routes, netstat]"

    private func fixture(_ flags: [String] = [], snapshots: String = "") async throws -> ExporterFixture {
        let fixture = try await ExporterFixture(
            ["--life.speed", "0", "--snapshots.incidents", "0"] + flags,
            more: "snapshots: { interval: 1s\(snapshots) }\n"
        )
        try await fixture.startExporter()
        return fixture
    }

    /// Returns the series of a connector's snapshot, without the labels of account and connector.
    private func exposed(_ connector: String, in fixture: ExporterFixture) async throws -> [String: Double] {
        let scrape = try await fixture.scrape()
        let shared = "account_id=\"\(ExporterFixture.account)\",connector_id=\"\(connector)\""
        var found: [String: Double] = [:]
        for (series, value) in scrape.samples where series.contains(shared) {
            let name = String(series.dropFirst(ExporterFixture.prefix.count))
            found[name.replacing(shared + ",", with: "").replacing(shared, with: "")] = value
        }
        return found
    }

    /// Returns the differences between the exposed series and those of the newest snapshot.
    private func differences(_ connector: String, in fixture: ExporterFixture) async throws -> [String] {
        let truth = try await fixture.http.get("\(fixture.api)/control/snapshots?connector=\(connector)")
        let expected = try SnapshotOracle.series(of: Data(truth.body.utf8))
        let exposed = try await exposed(connector, in: fixture)
        let families = Set(expected.keys.map { $0.prefix { $0 != "{" } })
        var differences = expected.filter { exposed[$0.key] != $0.value }.map { series, value in
            "\(series): \(exposed[series] as Any), not \(value)"
        }
        differences += exposed.keys.filter { series in
            families.contains(series.prefix { $0 != "{" }) && expected[series] == nil
        }
        return differences.sorted()
    }

    @Test func `every field equals the truth, on an appliance and on a virtual one`() async throws {
        let fixture = try await fixture(["--connectors", "12"], snapshots: ", all_fields: \(Self.all)")
        let connectors = try await fixture.connectorIDs()
        // Scheduled snapshots stop, so that the newest one does not change during the comparison.
        try await fixture.control("POST", "life", #"{"paused": true}"#)
        var families: Set<Substring> = []
        for connector in connectors {
            var last: [String] = []
            let equal = try? await eventually("the snapshot of \(connector)", within: 60) {
                last = try await differences(connector, in: fixture)
                return last.isEmpty ? true : nil
            }
            #expect(equal == true, "\(last.prefix(10))")
            let series = try await exposed(connector, in: fixture)
            families.formUnion(series.keys.map { $0.prefix { $0 != "{" } })
        }
        #expect(
            families.isSuperset(of: ["bonding_status", "hwmon_temp_celsius", "dhcp_leases", "tunnel_health"])
        )
        let text = try await fixture.scrape().text
        #expect(!text.contains("must-not-leak"), "the host names of leases")
    }

    @Test func `a tunnel, a port, a silent box and a reboot show within a poll`() async throws {
        let fixture = try await fixture(["--snapshots.interval", "2s"])
        let connector = try await fixture.connectorIDs()[2]
        func wait(for series: String, _ value: Double?) async throws {
            var last: Double?
            let found = try? await eventually(series, within: 30) {
                let exposed = try await exposed(connector, in: fixture)
                last = exposed.filter { $0.key.hasPrefix(series) }.values.max()
                return last == value ? true : nil
            }
            #expect(found == true, "\(series): \(last as Any), not \(value as Any)")
        }
        func change(_ body: String) async throws {
            try await fixture.control("POST", "snapshots", #"{"connector": "\#(connector)", \#(body)}"#)
        }
        try await wait(for: "snapshot_poll_success", 1)
        try await change(#""tunnel": 0, "health": "down""#)
        _ = try await eventually("the tunnel is down", within: 30) {
            let exposed = try await exposed(connector, in: fixture)
            let down = exposed.filter { $0.key.hasPrefix("tunnel_health") && $0.key.contains("down") }
            return down.values.contains(1) ? true : nil
        }
        let before = try await exposed(connector, in: fixture)["boot_time_seconds{}"] ?? 0
        try await change(#""reboot": true"#)
        _ = try await eventually("the reboot", within: 30) {
            (try await exposed(connector, in: fixture)["boot_time_seconds{}"] ?? 0) > before ? true : nil
        }
        try await change(#""forget": true, "silent": true"#)
        try await wait(for: "snapshot_poll_success", 1)
    }
}
