// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import HTTPEndpoint
import Polling
import TestSupport
import Testing

@testable import Exporter

@Suite struct `Landing page` {
    private static let settings = FamilySettings(stuckAfter: StuckThresholds(), failureRatioWindows: [])

    private func page(_ facts: [String: Connector], events: [String: [(EventKind, Int)]] = [:]) async throws
        -> String
    {
        let directory = try TemporaryDirectory()
        let ledger = try EventLedger(directory: directory.path)
        _ = try await ledger.keepDiscovery(of: "account", showing: facts)
        for (id, list) in events {
            let key = ConnectorKey(account: "account", connector: id)
            _ = try await ledger.openScope(of: key, from: 0)
            let incoming = list.enumerated().map { index, event in
                IncomingEvent(id: EventID(t: event.1, n: index), kind: event.0.rawValue, collectedAt: nil)
            }
            _ = try await ledger.ingest(incoming, of: key)
            _ = try await ledger.settle(key, completing: Completion(until: 1000, at: 1000, isRescan: false))
        }
        let views = ledger.connectors(of: "account").map { ConnectorView(record: $0, pollSucceeded: true) }
        let account = AccountView(
            account: "account",
            discoverySucceeded: true,
            connectors: views.count,
            pollInterval: 60,
            histograms: AccountHistograms()
        )
        let fleet = Fleet(connectors: views, accounts: [account], settings: Self.settings, now: 2000)
        let response = LandingPage(fleet, telemetryPath: "/metrics").response
        #expect(response.headers.contains { $0.name == "Content-Security-Policy" })
        #expect(response.headers.contains { $0.name == "X-Content-Type-Options" && $0.value == "nosniff" })
        return String(decoding: response.body.flatMap(\.self), as: UTF8.self)
    }

    @Test func `strings from outside are text, whatever they hold`() async throws {
        let hostile = #"<script>alert("x")</script>&'"#
        let page = try await page([hostile: Connector(serialNumber: hostile, version: hostile)])
        #expect(!page.contains("<script>"))
        #expect(page.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;"))
    }

    @Test func `who is in trouble comes first, with what is wrong`() async throws {
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
        #expect(order == order.sorted(), "two troubles come before one, and one before none")
        #expect(page.contains("attestation stuck"))
        #expect(page.contains("agent stopped"))
        #expect(page.contains("attestation failed 2 times"))
    }

    @Test func `a fleet that nobody knows yet is a page too`() async throws {
        #expect(try await page([:]).contains("No connector is known yet."))
    }
}
