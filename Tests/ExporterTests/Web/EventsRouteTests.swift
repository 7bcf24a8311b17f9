// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Foundation
import HTTPEndpoint
import TestSupport
import Testing

@testable import Exporter

@Suite(.timeLimit(.minutes(1))) struct EventsRouteTests {
    struct Page: Decodable {
        struct Item: Decodable, Equatable {
            let connector_id: String
            let account_id: String
            let serial_number: String?
            let t: Int
            let n: Int
            let kind: String
            let time: String
            let a: Double?
            let tunnel_id: String?
            let late: Bool
        }

        let events: [Item]
        let next: String?
    }

    private struct Failure: Decodable { let error: String }

    private static let start = PagesFixture.now.wholeSeconds - 100_000

    /// Three connectors with events, of which many have the same time.
    private static func fixture(seed: UInt64) async throws -> PagesFixture {
        var random = SeededRandom(seed: seed)
        var events: [String: [PagesFixture.Incoming]] = [:]
        for id in ["c1", "c2", "c3"] {
            events[id] = (0..<Int.random(in: 1...60, using: &random)).map { n in
                let kind = EventKind.documented.randomElement(using: &random) ?? .leave
                return PagesFixture.Incoming(
                    t: start + Int.random(in: 0..<40, using: &random),
                    n: n,
                    kind: kind.rawValue,
                    tunnel: kind.isRekey ? "tunnel-1" : nil
                )
            }
        }
        return try await PagesFixture(
            ["c1": Connector(serialNumber: "S1"), "c2": Connector(serialNumber: "S2"), "c3": Connector()],
            events: events
        )
    }

    /// Returns the events of all pages, followed by `next` or by the `Link` field.
    private func all(_ fixture: PagesFixture, _ query: [(name: String, value: String)], byLink: Bool)
        async throws -> [Page.Item]
    {
        var items: [Page.Item] = []
        var response = await fixture.get("/api/v1/events", query)
        for _ in 0..<1000 {
            #expect(response.status == 200)
            let page = try response.json(as: Page.self)
            items += page.events
            guard let next = page.next else {
                #expect(response.header("Link") == nil)
                return items
            }
            if byLink {
                let link = try #require(
                    response.header("Link")?.wholeMatch(of: /<(.*)>; rel="next"/)?.output.1
                )
                response = try await fixture.get(target: String(link))
            } else {
                response = await fixture.get("/api/v1/events", query + [("cursor", next)])
            }
        }
        Issue.record("the pages do not end")
        return items
    }

    @Test(arguments: 1...5) func `every limit gives the same events, each once`(seed: UInt64) async throws {
        let fixture = try await Self.fixture(seed: seed)
        for filter in [
            [], [("connector", "c2")], [("kind", "Finish*,rekey*")], [("account", PagesFixture.account)],
        ] as [[(name: String, value: String)]] {
            let whole = try await all(fixture, filter + [("limit", "1000")], byLink: false)
            #expect(whole.map(\.t) == whole.map(\.t).sorted(), "oldest first")
            #expect(Set(whole.map { "\($0.connector_id) \($0.t).\($0.n)" }).count == whole.count)
            for limit in [1, 2, 7, 50] {
                let query = filter + [("limit", "\(limit)")]
                #expect(try await all(fixture, query, byLink: limit == 7) == whole, "limit \(limit)")
            }
        }
    }

    @Test func `selects by connector, serial number, kind and time`() async throws {
        let events = [
            PagesFixture.Incoming(t: Self.start, n: 0, kind: "RekeyStart", tunnel: "t1"),
            PagesFixture.Incoming(t: Self.start + 10, n: 0, kind: "Leave"),
            PagesFixture.Incoming(t: Self.start + 20, n: 0, kind: "FinishUpgradeFailure"),
        ]
        let fixture = try await PagesFixture(
            ["c1": Connector(serialNumber: "S1"), "c2": Connector()],
            events: ["c1": events, "c2": events]
        )
        let rekeys = try await fixture.get("/api/v1/events", [("connector", "S1"), ("kind", "rekey*")])
            .json(as: Page.self)
        let rekey = try #require(rekeys.events.first)
        #expect(rekeys.events.count == 1 && rekeys.next == nil)
        #expect(rekey.connector_id == "c1" && rekey.serial_number == "S1" && rekey.tunnel_id == "t1")
        #expect(rekey.a == Double(Self.start + 7) && !rekey.late)
        for (since, until) in [
            ("\(Self.start + 10)", "\(Self.start + 10)"), ("99990s", "2026-09-20T10:26:50Z"),
        ] {
            let query = [("connector", "c2"), ("since", since), ("until", until)]
            let page = try await fixture.get("/api/v1/events", query.map { (name: $0.0, value: $0.1) })
                .json(as: Page.self)
            #expect(page.events.map(\.kind) == ["Leave"], "both times are included: \(since) to \(until)")
        }
        let unknown = await fixture.get("/api/v1/events", [("connector", "c9")])
        #expect(unknown.status == 200)
        #expect(unknown.text == "{\"events\":[],\"next\":null}\n")
    }

    @Test(
        arguments: [
            ("limit", "0", #"limit: "0" is not allowed; use a number from 1 to 1000"#),
            ("limit", "1001", #"limit: "1001" is not allowed; use a number from 1 to 1000"#),
            ("limit", "ten", #"limit: "ten" is not allowed; use a number from 1 to 1000"#),
            ("limit", "", "limit: has no value; use a value, or omit the parameter"),
            (
                "kind", String(repeating: "a,", count: 501),
                "kind: longer than 1000 bytes; use fewer or shorter words"
            ),
            ("cursor", "7", #"cursor: not a cursor; use the value of "next" of the page before"#),
            (
                "since", "yesterday",
                #"since: "yesterday" is not a time; use RFC 3339 such as 2026-08-01T12:00:00Z, seconds since the "#
                    + "Unix epoch, or a duration back from now such as 4d"
            ),
            (
                "conector", "c1",
                #""conector": unknown parameter; use connector, account, kind, since, until, limit or cursor"#
            ),
            ("<b>\u{202e}", "1", #""<b>\u202e": unknown parameter; use connector, account, kind, "#),
        ]
    )
    func `rejects a malformed parameter and says why`(name: String, value: String, message: String)
        async throws
    {
        let fixture = try await PagesFixture([:])
        let response = await fixture.get("/api/v1/events", [(name, value)])
        #expect(response.status == 400)
        #expect(response.header("Content-Type") == "application/json")
        #expect(response.header("X-Content-Type-Options") == "nosniff")
        let error = try response.json(as: Failure.self).error
        #expect(error.hasPrefix(message), "\(error)")
        #expect(error.utf8.count < 300)
    }

    @Test func `rejects a repeated parameter, and times in the wrong order`() async throws {
        let fixture = try await PagesFixture([:])
        let repeated = await fixture.get("/api/v1/events", [("kind", "Leave"), ("kind", "Init")])
        #expect(try repeated.json(as: Failure.self).error == "kind: given more than once; use it once")
        let order = await fixture.get("/api/v1/events", [("since", "1h"), ("until", "2h")])
        #expect(try order.json(as: Failure.self).error == "since: is later than until; exchange them")
    }

    @Test func `compresses a page for clients that accept gzip`() async throws {
        let fixture = try await Self.fixture(seed: 1)
        let plain = await fixture.get("/api/v1/events")
        let packed = await fixture.get("/api/v1/events", headers: [("accept-encoding", "gzip")])
        #expect(plain.header("Content-Encoding") == nil && plain.header("Vary") == "Accept-Encoding")
        #expect(packed.header("Content-Encoding") == "gzip")
        #expect(packed.body.byteCount * 4 < plain.body.byteCount)
        let file = fixture.directory.file("page.gz")
        try Data(packed.body.flatMap(\.self)).write(to: URL(filePath: file))
        #expect(try await ChildProcess(["gzip", "-dc", file]).readToEnd() == plain.body.flatMap(\.self))
    }

    @Test func `a ledger that cannot be read gives 503`() async throws {
        let fixture = try await PagesFixture([:])
        try FileManager.default.removeItem(atPath: fixture.directory.file("ledger.sqlite"))
        let response = await fixture.get("/api/v1/events")
        #expect(response.status == 503)
        #expect(response.header("Retry-After") == "1")
        let error = try response.json(as: Failure.self).error
        #expect(error == "The ledger cannot be read; see the log of the exporter.")
    }
}
