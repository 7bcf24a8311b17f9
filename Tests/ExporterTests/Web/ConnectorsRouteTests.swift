// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import HTTPEndpoint
import Testing

@testable import Exporter

@Suite(.timeLimit(.minutes(1))) struct ConnectorsRouteTests {
    private struct Page: Decodable {
        struct Item: Decodable {
            let connector_id: String
            let state: String
            let problems: [String]
        }

        let connectors: [Item]
        let next: String?
    }

    private struct Failure: Decodable { let error: String }

    private static func fixture() async throws -> PagesFixture {
        let now = PagesFixture.now
        let site = ConnectorSite(id: "site-1", name: "Café Zürich", role: .primary)
        return try await PagesFixture(
            [
                "c1": Connector(serialNumber: "AA-1", isActivated: true, lastHeartbeat: now, site: site),
                "c2": Connector(serialNumber: "AA-2", isActivated: true, lastHeartbeat: now - 4000),
                "c3/x": Connector(serialNumber: "BB-3", isActivated: false),
                "c4": Connector(serialNumber: "BB-4", isActivated: true, lastHeartbeat: now),
            ],
            events: [
                "c1": [PagesFixture.Incoming(t: now.wholeSeconds - 50, n: 0, kind: "Reconcile")],
                "c2": [PagesFixture.Incoming(t: now.wholeSeconds - 50, n: 0, kind: "Reconcile")],
            ]
        )
    }

    private func ids(_ fixture: PagesFixture, _ query: [(name: String, value: String)]) async throws
        -> [String]
    {
        try await fixture.get("/api/v1/connectors", query).json(as: Page.self).connectors.map(\.connector_id)
    }

    @Test func `lists connectors by key, each once, for every limit`() async throws {
        let fixture = try await Self.fixture()
        for limit in 1...5 {
            var found: [String] = []
            var response = await fixture.get("/api/v1/connectors", [("limit", "\(limit)")])
            for _ in 0..<6 {
                let page = try response.json(as: Page.self)
                #expect(page.connectors.count <= limit)
                found += page.connectors.map(\.connector_id)
                guard page.next != nil else { break }
                let link = try #require(
                    response.header("Link")?.wholeMatch(of: /<(.*)>; rel="next"/)?.output.1
                )
                response = try await fixture.get(target: String(link))
            }
            #expect(found == ["c1", "c2", "c3/x", "c4"], "limit \(limit)")
        }
    }

    @Test func `selects by state, id, serial number and words`() async throws {
        let fixture = try await Self.fixture()
        #expect(try await ids(fixture, [("state", "critical")]) == ["c2"])
        #expect(try await ids(fixture, [("state", "healthy,deactivated")]) == ["c1", "c3/x"])
        #expect(try await ids(fixture, [("state", "unknown")]) == ["c4"])
        #expect(try await ids(fixture, [("connector", "c3/x")]) == ["c3/x"])
        #expect(try await ids(fixture, [("connector", "AA-2")]) == ["c2"])
        #expect(try await ids(fixture, [("q", "bb-")]) == ["c3/x", "c4"])
        #expect(try await ids(fixture, [("q", "ZÜRICH aa")]) == ["c1"])
        #expect(try await ids(fixture, [("q", "zürich bb")]) == [])
        #expect(try await ids(fixture, [("account", PagesFixture.account)]).count == 4)
        #expect(try await ids(fixture, [("account", "other")]) == [])
    }

    @Test(arguments: [
        (
            "state", "broken",
            #"state: "broken" is not a state; use critical, warning, healthy, deactivated, unknown"#
        ),
        ("cursor", "c1", #"cursor: not a cursor; use the value of "next" of the page before"#),
        ("kind", "Leave", #""kind": unknown parameter; use connector, account, state, q, limit or cursor"#),
    ])
    func `rejects a malformed parameter and says why`(name: String, value: String, message: String)
        async throws
    {
        let fixture = try await PagesFixture([:])
        let response = await fixture.get("/api/v1/connectors", [(name, value)])
        #expect(response.status == 400)
        #expect(try response.json(as: Failure.self).error == message)
    }
}
