// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Foundation
import HTTPEndpoint
import TestSupport
import Testing

@testable import Exporter

@Suite(.timeLimit(.minutes(1))) struct ConnectorPageTests {
    private static let now = PagesFixture.now.wholeSeconds
    private static let path = "/connectors/\(PagesFixture.account)/c1"

    private static func incoming(_ ago: Int, _ kind: String, tunnel: String? = nil) -> PagesFixture.Incoming {
        PagesFixture.Incoming(t: now - ago, n: 0, kind: kind, tunnel: tunnel)
    }

    private static func site(_ role: ConnectorSite.Role) -> ConnectorSite {
        ConnectorSite(id: "s", name: "Berlin", role: role, isHighAvailability: true)
    }

    private static func fixture() async throws -> PagesFixture {
        try await PagesFixture(
            [
                "c1": Connector(
                    serialNumber: "MWC1",
                    version: "2026.9.1",
                    isActivated: true,
                    lastHeartbeat: PagesFixture.now - 10,
                    site: site(.primary)
                ),
                "c2": Connector(
                    serialNumber: "MWC2",
                    isActivated: true,
                    lastHeartbeat: PagesFixture.now,
                    site: site(.secondary)
                ),
            ],
            events: [
                "c1": [
                    incoming(90_000, "FinishAttestationFailure"),
                    incoming(86_400, "FinishAttestationSuccess"),
                    incoming(7300, "FinishAttestationFailure"), incoming(7000, "FinishAttestationFailure"),
                    incoming(6000, "FinishAttestationFailure"),
                    incoming(5000, "RekeyStart", tunnel: "tunnel-7"),
                    incoming(4000, "Init"), incoming(20, "StartUpgrade"),
                ]
            ]
        )
    }

    @Test func `shows the state with its times, the partner, the tunnels and the runbooks`() async throws {
        let page = try await Self.fixture().get(Self.path).text
        #expect(page.contains("<h1>MWC1</h1>"))
        #expect(page.contains("Berlin, primary"))
        #expect(page.contains("<a href=\"/connectors/\(PagesFixture.account)/c2\">MWC2</a>"))
        let failing = try #require(page.firstMatch(of: /failed 3 times<\/span> (.*)/)).output.1
        #expect(failing.hasPrefix("since <time datetime=\"2026-09-21T12:11:40Z\">"), "\(failing)")
        #expect(failing.contains("Last success <time datetime=\"2026-09-20T14:13:20Z\">"))
        #expect(
            page.contains(
                "<span class=\"badge \">running</span> since <time datetime=\"2026-09-21T14:13:00Z\">"
            )
        )
        #expect(
            page.contains("<code>tunnel-7</code></th><td>started <span class=\"badge critical\">stuck</span>")
        )
        for alert in ["AttestationFailing", "RekeyStuck"] {
            #expect(page.contains("/deploy/runbooks/MagicConnector\(alert).md\""), "\(alert)")
        }
        #expect(page.contains("8 events since 2026-09-14 00:00 UTC, of which 4 are failures"))
    }

    @Test func `links to dashboards that exist, if the address of Grafana is known`() async throws {
        let fixture = try await PagesFixture(
            ["a\"b": Connector()],
            dashboardURL: "https://grafana.example.com/sub/"
        )
        let page = await fixture.get("/connectors/\(PagesFixture.account)/a\"b").text
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let dashboards = root.appendingPathComponent("dashboards")
        let files = try FileManager.default.contentsOfDirectory(atPath: dashboards.path)
            .filter { $0.hasSuffix(".json") }
            .map { try String(contentsOf: dashboards.appendingPathComponent($0), encoding: .utf8) }
        for (_, board) in DashboardLinks.boards {
            #expect(
                page.contains(
                    "href=\"https://grafana.example.com/sub/d/\(board)?"
                        + "var-account_id=\(PagesFixture.account)&amp;var-connector_id=a%22b\""
                )
            )
            #expect(files.contains { $0.contains("\"uid\": \"\(board)\"") })
        }
        let without = await (try await Self.fixture()).get(Self.path).text
        #expect(!without.contains("Dashboards"))
    }

    @Test func `every problem has a runbook`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let source = try String(
            contentsOf: root.appending(path: "Sources/Exporter/Web/Landing/ConnectorProblem.swift"),
            encoding: .utf8
        )
        let names = source.matches(of: /"(MagicConnector[A-Za-z]+)"/).map { String($0.output.1) }
        let prefixes = ["Attestation", "CryptKeyRotation", "PkiRotation", "Upgrade"].map {
            "MagicConnector\($0)"
        }
        let alerts =
            names.filter { !prefixes.contains($0) } + prefixes.flatMap { ["\($0)Failed", "\($0)Stuck"] }
        #expect(Set(prefixes).isSubset(of: names) && alerts.count >= 14)
        for alert in alerts {
            let file = root.appending(path: "deploy/runbooks/\(alert).md").path
            #expect(FileManager.default.fileExists(atPath: file), "\(alert)")
        }
    }

    @Test func `lists the newest events first, in pages that continue each other`() async throws {
        let events = (0..<250).map {
            PagesFixture.Incoming(
                t: Self.now - 250 + $0,
                n: 0,
                kind: $0.isMultiple(of: 50) ? "Leave" : "Reconcile"
            )
        }
        let fixture = try await PagesFixture(["c1": Connector()], events: ["c1": events])
        var page = await fixture.get(Self.path).text
        var times: [String] = []
        for expected in [100, 100, 50] {
            let own = page.matches(of: /<tr><td><time datetime="([^"]*)"/).map { String($0.output.1) }
            #expect(own.count == expected)
            times += own
            guard let next = page.firstMatch(of: /rel="next" href="([^"]*)"/) else { break }
            page = try await fixture.get(target: String(next.output.1).replacing("&amp;", with: "&")).text
        }
        #expect(times.count == 250 && times == times.sorted().reversed())
        let leaves = await fixture.get(Self.path, [("kind", "leave"), ("since", ""), ("until", "")]).text
        #expect(leaves.contains("5 events, newest first"))
        #expect(leaves.contains("5 events since 2026-09-14 00:00 UTC, of which 0 are failures"))
        #expect(leaves.contains("Reconcile <b>245</b>"), "the other kinds remain as links")
    }

    @Test func `shows the problem of a wrong parameter`() async throws {
        let response = try await Self.fixture().get(Self.path, [("since", "<yesterday>")])
        #expect(response.status == 400)
        #expect(response.text.contains("since: &quot;&lt;yesterday&gt;&quot; is not a time; use RFC 3339"))
        #expect(response.text.contains("value=\"&lt;yesterday&gt;\""))
    }

    @Test func `an unknown connector gives 404`() async throws {
        let fixture = try await Self.fixture()
        for name in ["c9", "", "<script>", "c1/x"] {
            let response = await fixture.get("/connectors/\(PagesFixture.account)/\(name)")
            #expect(response.status == 404, "\(name)")
            #expect(!response.text.contains("<script>"))
        }
    }

    @Test func `escapes hostile names and limits the size`() async throws {
        let hostile = #"<script>alert("x")</script>&'/..%2F"#
        let long = String(repeating: "<&\u{301}", count: 5000)
        let events = (0..<400).map {
            PagesFixture.Incoming(t: Self.now - $0, n: 0, kind: "RekeyStart", tunnel: "\($0)\(long)")
        }
        let connector = Connector(
            serialNumber: hostile + long,
            version: long,
            site: ConnectorSite(id: long, name: hostile, role: .primary)
        )
        let fixture = try await PagesFixture([hostile: connector], events: [hostile: events])
        let link = try #require(await fixture.get("/").text.firstMatch(of: /href="(\/connectors[^"]*)"/))
            .output.1
        let response = try await fixture.get(target: String(link))
        #expect(response.status == 200)
        #expect(!response.text.contains("<script>"))
        #expect(response.text.contains("&lt;script&gt;alert(&quot;x&quot;)"))
        #expect(response.body.byteCount < 1 << 20)
        #expect(response.header("Content-Security-Policy")?.contains("unsafe") == false)
    }

    @Test func `the telemetry path takes precedence`() throws {
        var router = Router()
        router.on("GET", below: "/connectors/") { _, responder in responder.send(.text(200, "page")) }
        router.on("GET", "/connectors/a/metrics") { _, responder in responder.send(.text(200, "metrics")) }
        let responses = Events<Response>()
        for path in ["/connectors/a/metrics", "/connectors/a/b", "/connectors"] {
            router.handler(Request(path: path), Responder { responses.record($0) })
        }
        #expect(responses.pending.map(\.text) == ["metrics", "page", "Not found."])
    }
}
