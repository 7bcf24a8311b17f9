// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling
import Testing
import TestSupport

@testable import Exporter

/// The lines of the subcommands `events` and `connectors`.
struct EventPrinterTests {
    private func ledger() async throws -> (TemporaryDirectory, EventHistory) {
        let directory = try TemporaryDirectory()
        let ledger = try EventLedger(directory: directory.path)
        let site = ConnectorSite(id: "s1", name: "Paris\n\u{1b}[31m", role: .primary)
        let connectors = [
            "c1": Connector(serialNumber: "MWC1", site: site), "c2": Connector(),
        ]
        _ = try await ledger.recordDiscovery(of: "a", showing: connectors)
        for (index, connector) in connectors.keys.sorted().enumerated() {
            let key = ConnectorKey(account: "a", connector: connector)
            _ = try await ledger.setScopeStart(of: key, from: 0)
            let t = 1_700_000_000 + index
            let events = ["FinishUpgradeFailure", "RekeyStart"].enumerated().map { n, kind in
                IncomingEvent(id: EventID(t: t, n: n), kind: kind, collectedAt: Timestamp(t + 3))
            }
            _ = try await ledger.ingest(events, of: key)
            let payload = EventPayload(id: EventID(t: t, n: 1), tunnelID: "t 1", url: nil, version: "2026.1")
            _ = try await ledger.savePayloads([payload], of: key)
        }
        return (directory, try EventHistory(directory: directory.path))
    }

    private func lines(isJSON: Bool, usesColor: Bool = false) async throws -> [String] {
        let (directory, history) = try await ledger()
        let printer = EventPrinter(
            of: try history.inventories(),
            isJSON: isJSON,
            isUTC: true,
            usesColor: usesColor
        )
        let events = try history.events(matching: EventFilter(), limit: 10).events
        withExtendedLifetime(directory) {}
        return try events.map { String(decoding: try printer.line(of: $0), as: UTF8.self) }
    }

    @Test func `aligns columns, and escapes what the API returned`() async throws {
        #expect(
            try await lines(isJSON: false) == [
                #"2023-11-14T22:13:20Z  MWC1  FinishUpgradeFailure         site=Paris\n\u001b[31m"#,
                #"2023-11-14T22:13:20Z  MWC1  RekeyStart                   site=Paris\n\u001b[31m tunnel=t 1"#,
                "2023-11-14T22:13:21Z  c2    FinishUpgradeFailure",
                "2023-11-14T22:13:21Z  c2    RekeyStart                   tunnel=t 1",
            ]
        )
    }

    @Test func `marks failures in colour only`() async throws {
        let lines = try await lines(isJSON: false, usesColor: true)
        #expect(lines[2] == "2023-11-14T22:13:21Z  c2    \u{1b}[31mFinishUpgradeFailure       \u{1b}[0m")
        #expect(lines.count { $0.contains("\u{1b}") } == 2)
    }

    @Test func `JSON has the fields of the log and the API, without unknown ones`() async throws {
        #expect(
            try await lines(isJSON: true)[3]
                == #"{"a":1700000004,"account_id":"a","connector_id":"c2","id":"1700000001.1","kind":"RekeyStart","#
                + #""late":false,"n":1,"t":1700000001,"time":"2023-11-14T22:13:21Z","tunnel_id":"t 1","version":"2026.1"}"#
        )
    }

    @Test func `the table fits the terminal`() async throws {
        let (directory, history) = try await ledger()
        let fleet = FleetSnapshot(
            connectors: try history.connectors().map { .init(record: $0, pollSucceeded: nil) },
            accounts: [],
            settings: try FamilySettings.load(nil),
            now: 1_700_000_100
        )
        let summaries = fleet.assessed.map(ConnectorSummary.init).sorted { $0.connectorID < $1.connectorID }
        let wide = ConnectorTable(summaries, usesColor: false, width: nil).lines
        #expect(wide.count == 3)
        #expect(wide[1].hasPrefix(#"MWC1           c1         Paris\n\u001b[31m  primary"#), "\(wide)")
        for line in ConnectorTable(summaries, usesColor: false, width: 40).lines { #expect(line.count <= 40) }
        withExtendedLifetime(directory) {}
    }
}
