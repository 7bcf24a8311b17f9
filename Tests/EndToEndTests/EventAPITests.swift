// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The events of the API and of the pages against the simulator's complete list of events.
@Suite(.serialized, .timeLimit(.minutes(5))) struct EventAPITests {
    /// An event, as both programs list it.
    private struct Item: Hashable, Comparable, CustomStringConvertible {
        let t: Int
        let n: Int
        let connector: String
        let kind: String
        let collected: Int?
        let tunnel: String?

        init(_ fields: EventFields) {
            (t, n) = (fields.time, fields.number)
            (connector, kind) = (fields.connector, fields.kind)
            (collected, tunnel) = (fields.a, fields.tunnelID)
        }

        var description: String { "\(connector) \(t).\(n) \(kind) \(tunnel ?? "") \(collected ?? -1)" }

        static func < (left: Self, right: Self) -> Bool {
            (left.t, left.n, left.connector) < (right.t, right.n, right.connector)
        }
    }

    private struct Page: Decodable {
        let events: [EventFields]
        let next: String?
    }

    private func truth(_ fixture: ExporterFixture) async throws -> [Item] {
        try await EventFields.all(of: fixture).map(Item.init).sorted()
    }

    /// Returns the events of all pages.
    private static func listed(
        _ http: HTTPClient,
        _ address: String,
        _ query: [String: String] = [:],
        limit: Int
    ) async throws -> [Item] {
        var items: [Item] = []
        var cursor: String?
        repeat {
            var query = query.merging(["limit": "\(limit)"]) { $1 }
            query["cursor"] = cursor
            let response = try await http.get("\(address)/api/v1/events", query: query)
            try #require(response.status == 200, "\(response.body)")
            let page = try JSONDecoder().decode(Page.self, from: Data(response.body.utf8))
            items += page.events.map(Item.init)
            cursor = page.next
        } while cursor != nil
        return items
    }

    @Test func `lists every event once, through SIGKILL and with late events`() async throws {
        let fixture = try await ExporterFixture([
            "--connectors", "6", "--seed", "11", "--life.speed", "120", "--history.speed", "3",
            "--page-limit", "40",
            "--late-share", "0.05", "--unknown-kinds", "0.05",
        ])
        let http = fixture.http
        var random = SeededRandom(seed: 21)
        for _ in 0..<4 {
            try await fixture.startExporter()
            // The kill may come at any instant, also while the API reads the ledger.
            let address = fixture.address
            async let pages = try? Self.listed(http, address, limit: 50)
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...900, using: &random)))
            await fixture.killExporter()
            _ = await pages
        }
        try await fixture.startExporter()
        try await fixture.pauseEvents()
        try await fixture.expectMatchesOracle(within: 90)
        let truth = try await truth(fixture)
        #expect(truth.count > 1000)
        for limit in [1000, 333] {
            _ = try await eventually("the collection time of all events") {
                try await Self.listed(http, fixture.address, limit: limit).contains { $0.collected == nil }
                    ? nil : true
            }
            // The order of equal times depends on the order of discovery.
            let items = try await Self.listed(http, fixture.address, limit: limit)
            #expect(items.map(\.t) == items.map(\.t).sorted())
            let differences = items.sorted().difference(from: truth)
            #expect(differences.isEmpty, "\(differences.prefix(5))")
        }
        let connector = truth[truth.count / 2].connector
        let own = truth.filter { $0.connector == connector }
        #expect(try await Self.listed(http, fixture.address, ["connector": connector], limit: 70) == own)
        let failures = own.filter { $0.kind.hasSuffix("Failure") }
        let since = own[own.count / 3].t
        #expect(
            try await Self.listed(
                http,
                fixture.address,
                ["connector": connector, "kind": "*failure", "since": "\(since)"],
                limit: 3
            )
                == failures.filter { $0.t >= since }
        )
        try await expectPage(of: connector, shows: own, fixture)
    }

    /// Compares the list of a connector's page, newest first, over all its pages.
    private func expectPage(of connector: String, shows own: [Item], _ fixture: ExporterFixture) async throws
    {
        let formatter = ISO8601DateFormatter()
        var path = "/connectors/\(ExporterFixture.account)/\(connector)"
        var rows: [String] = []
        for _ in 0...own.count / 100 {
            let response = try await fixture.http.get("\(fixture.address)\(path)")
            try #require(response.status == 200)
            let row = /<tr><td><time datetime="([^"]*)">[^<]*<\/time><\/td><td>(?:<span[^>]*>)?([^<]*)</
            rows += response.body.matches(of: row).map { "\($0.output.1) \($0.output.2)" }
            guard let next = response.body.firstMatch(of: /rel="next" href="([^"]*)"/) else { break }
            path = String(next.output.1).replacing("&amp;", with: "&")
        }
        let expected = own.reversed().map { item in
            "\(formatter.string(from: Date(timeIntervalSince1970: Double(item.t)))) \(item.kind)"
        }
        #expect(rows == expected)
    }

    @Test func `the landing page finds a connector, and links to its page`() async throws {
        let fixture = try await ExporterFixture(["--connectors", "50", "--life.speed", "0"])
        try await fixture.startExporter()
        let id = try #require(try await fixture.connectorIDs().randomElement())
        let link = "/connectors/\(ExporterFixture.account)/\(id)"
        _ = try await eventually("the connector on the landing page") {
            let page = try await fixture.http.get("\(fixture.address)/", query: ["q": String(id.prefix(20))])
            return page.status == 200 && page.body.contains("href=\"\(link)\"")
                && page.body.contains("1 of 50")
                ? true : nil
        }
        #expect(try await fixture.http.get("\(fixture.address)\(link)").status == 200)
        #expect(try await fixture.http.get("\(fixture.address)\(link)0").status == 404)
        #expect(try await fixture.http.send("POST", "\(fixture.address)\(link)").status == 405)
    }
}
