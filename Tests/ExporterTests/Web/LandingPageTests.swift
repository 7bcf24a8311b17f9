// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Foundation
import HTTPEndpoint
import Polling
import TestSupport
import Testing

@testable import Exporter

struct LandingPageTests {
    private static let settings = FamilySettings(
        stuckAfter: StuckThresholds(),
        failureRatioWindows: [],
        forgetTunnelsAfter: 604_800
    )

    private func page(
        _ inventory: [String: Connector],
        events: [String: [(EventKind, Int)]] = [:],
        pollInterval: Double = 600,
        now: Timestamp = 2000
    ) async throws
        -> String
    {
        let directory = try TemporaryDirectory()
        let ledger = try EventLedger(directory: directory.path)
        _ = try await ledger.recordDiscovery(of: "account", showing: inventory)
        for (id, list) in events {
            let key = ConnectorKey(account: "account", connector: id)
            _ = try await ledger.setScopeStart(of: key, from: 0)
            let incoming = list.enumerated().map { index, event in
                IncomingEvent(id: EventID(t: event.1, n: index), kind: event.0.rawValue, collectedAt: nil)
            }
            _ = try await ledger.ingest(incoming, of: key)
            _ = try await ledger.updateState(
                of: key,
                completing: CompletedWindow(until: 1000, at: 1000, isRescan: false),
                forgettingTunnelsAfter: 604_800
            )
        }
        let views = ledger.connectors(of: "account").map { ConnectorView(record: $0, pollSucceeded: true) }
        let account = AccountView(
            account: "account",
            discoverySucceeded: true,
            connectors: views.count,
            configuredPollInterval: 60,
            discoveryInterval: 60,
            pollInterval: pollInterval,
            histograms: AccountHistograms()
        )
        let fleet = FleetSnapshot(connectors: views, accounts: [account], settings: Self.settings, now: now)
        let response = LandingPage(fleet, fleet.assessed, telemetryPath: "/metrics").response()
        #expect(response.headers.contains { $0.name == "Content-Security-Policy" })
        #expect(response.headers.contains { $0.name == "X-Content-Type-Options" && $0.value == "nosniff" })
        return String(decoding: response.body.flatMap(\.self), as: UTF8.self)
    }

    @Test func `escapes text of the API`() async throws {
        let hostile = #"<script>alert("x")</script>&'"#
        let page = try await page([hostile: Connector(serialNumber: hostile, version: hostile)])
        #expect(!page.contains("<script>"))
        #expect(
            page.contains("href=\"/connectors/account/%3Cscript%3Ealert%28%22x%22%29%3C%2Fscript%3E%26%27\"")
        )
        #expect(page.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;"))
    }

    @Test func `lists connectors with problems first`() async throws {
        let page = try await page(
            [
                "a": Connector(serialNumber: "FINE"), "b": Connector(serialNumber: "STUCK"),
                "c": Connector(serialNumber: "FAILED"),
            ],
            events: [
                "a": [(.reconcile, 990)],
                "b": [(.startAttestation, 900), (.leave, 950)],
                "c": [(.finishAttestationFailure, 980), (.finishAttestationFailure, 990)],
            ]
        )
        let order = ["STUCK", "FAILED", "FINE"].compactMap { page.firstRange(of: $0)?.lowerBound }
        #expect(order.count == 3)
        #expect(order == order.sorted(), "two problems come before one, and one before none")
        #expect(page.contains("attestation stuck"))
        #expect(page.contains("agent stopped"))
        #expect(page.contains("attestation failed 2 times"))
    }

    @Test func `three failed attestations in a row are critical`() async throws {
        let failures = (10..<13).map { (EventKind.finishAttestationFailure, $0) }
        let page = try await page(
            ["a": Connector(serialNumber: "A", isActivated: true, lastHeartbeat: 100)],
            events: ["a": failures],
            pollInterval: 60,
            now: 200
        )
        #expect(page.contains("<span class=\"badge critical\">attestation failed 3 times</span>"))
    }

    @Test func `severities equal those of the alert rules`() async throws {
        let page = try await page(
            ["a": Connector(serialNumber: "A", isActivated: true, lastHeartbeat: 100)],
            events: [
                "a": [
                    (.finishAttestationFailure, 10), (.startAttestation, 11), (.startUpgrade, 12),
                    (.finishRotatePkiFailure, 13), (.leave, 14),
                ]
            ],
            pollInterval: 60,
            now: 20000
        )
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let rules = try String(
            contentsOf: root.appendingPathComponent("deploy/prometheus/alerts.yml"),
            encoding: .utf8
        )
        let alerts = [
            "AttestationFailed": "attestation failed", "AttestationStuck": "attestation stuck",
            "AgentDown": "agent stopped", "UpgradeStuck": "upgrade stuck",
            "PkiRotationFailed": "pki rotation failed", "Offline": "offline",
            "DataNotFresh": "data not fresh",
        ]
        for (alert, text) in alerts {
            let rule = try #require(rules.firstRange(of: "alert: MagicConnector\(alert)\n"), "\(alert)")
            let severity = try #require(rules[rule.upperBound...].firstMatch(of: /severity: (.*)/)).output.1
            #expect(
                page.contains("<span class=\"badge \(severity)\">\(text)</span>"),
                "\(text) is not \(severity)"
            )
        }
        #expect(page.contains("<title>(1) Magic Connector Exporter</title>"))
    }

    @Test func `a deactivated connector has no problems`() async throws {
        let page = try await page(
            ["a": Connector(serialNumber: "A", isActivated: false, lastHeartbeat: 100)],
            events: ["a": [(.finishAttestationFailure, 10), (.leave, 14)]],
            now: 20000
        )
        #expect(page.contains("<span class=\"badge\">deactivated</span>"))
        #expect(!page.contains("badge critical") && !page.contains("badge warning"))
    }

    @Test(arguments: [(true, 1990, "warning"), (true, 100, "critical"), (false, 1990, "critical")])
    func `an offline connector is critical unless its partner is alive`(
        isHighAvailability: Bool,
        partnerHeartbeat: Int,
        severity: String
    ) async throws {
        func site(_ role: ConnectorSite.Role) -> ConnectorSite {
            ConnectorSite(id: "s", name: "Berlin", role: role, isHighAvailability: isHighAvailability)
        }
        let page = try await page([
            "a": Connector(isActivated: true, lastHeartbeat: 100, site: site(.primary)),
            "b": Connector(
                isActivated: true,
                lastHeartbeat: Timestamp(partnerHeartbeat),
                site: site(.secondary)
            ),
        ])
        #expect(page.contains("<span class=\"badge \(severity)\">offline</span>"))
        #expect(page.contains("Berlin"))
    }

    @Test func `has no inline style or script, and refers to no other host`() async throws {
        let page = try await page(["a": Connector(serialNumber: "A")])
        for forbidden in [
            "<style", "style=", "onclick", "javascript:", "http:", "https:", "@import", "<script>",
        ] {
            #expect(!page.contains(forbidden), "\(forbidden)")
        }
        #expect(page.matches(of: /<script/).count == 1)
    }

    @Test func `limits the size of a large fleet`() async throws {
        let long = String(repeating: "<&\u{301}", count: 5000)
        var fleet: [String: Connector] = [:]
        for index in 0..<1500 {
            fleet["c\(index)"] = Connector(serialNumber: "\(index) \(long)", version: long)
        }
        let events = Dictionary(uniqueKeysWithValues: (0..<250).map { ("c\($0)", [(EventKind.leave, 990)]) })
        let page = try await page(fleet, events: events)
        #expect(page.matches(of: /<tr>\n/).count == 200)
        #expect(
            page.contains(
                "50 more connectors with problems, none more severe than these. Use the filter to find them."
            )
        )
        #expect(page.contains("1250 connectors without problems"))
        #expect(page.matches(of: /<li><a/).count == 1000)
        #expect(page.contains("and 250 more. Use the filter to find them."))
        #expect(page.utf8.count < 2 << 20)
        let table = try #require(page.firstRange(of: "</table>"))
        let fold = try #require(page.firstRange(of: "<details>"))
        #expect(table.lowerBound < fold.lowerBound)
    }

    @Test func `renders an empty fleet`() async throws {
        #expect(try await page([:]).contains("No connectors discovered yet."))
    }
}
