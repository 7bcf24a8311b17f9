// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import HTTPTransport
import Testing

@Suite struct DecodingTests {
    private func client(_ fixture: String) throws -> APIClient {
        try makeClient(FixedTransport(body: try Fixture.text(fixture)))
    }

    @Test func `decodes the documented page of events`() async throws {
        let reply = try await client("events.documented.json").page()
        #expect(reply.value.items == [ListedEvent(t: 0, n: 0, kind: "k", collectedAt: 0)])
        #expect(reply.value.cursor == "cursor")
        #expect(reply.value.malformed == 0)
        #expect(reply.status == 200)
        #expect(reply.rateLimit == nil)
    }

    @Test func `decodes the documented event`() async throws {
        let client = try client("event.documented.json")
        let reply = try await client.event(account: "a", connector: "c", t: 0, n: 0, credential: credential())
        #expect(reply.value == EventDetail(t: 0, n: 0, kind: "Init", tunnelID: nil, url: nil, version: "v"))
    }

    @Test(arguments: [(1, 0), (0, 1)])
    func `rejects a response with another event`(t: Int, n: Int) async throws {
        let client = try client("event.documented.json")
        let error = await #expect(throws: APIError.self) {
            try await client.event(account: "a", connector: "c", t: t, n: n, credential: credential())
        }
        #expect(error?.reason == .malformed)
        #expect(
            error?.description
                == "GET /accounts/a/magic/connectors/c/telemetry/events/\(t).\(n) answered 200: "
                + "the response contains the event 0.0."
        )
    }

    @Test func `decodes the documented latest events`() async throws {
        let client = try client("latest.documented.json")
        let reply = try await client.latestEvents(account: "a", connector: "c", credential: credential())
        let event = EventDetail(t: 0, n: 0, kind: "Init", tunnelID: nil, url: nil, version: "v")
        #expect(reply.value == LatestEvents(items: [event], malformed: 0))
    }

    @Test func `decodes the documented connectors without their license key`() async throws {
        let reply = try await client("connectors.documented.json").connectors(
            account: "a",
            credential: credential()
        )
        let first = ListedConnector(
            id: "023e105f4ecef8ad9ca31a8372d0c353",
            activated: true,
            lastHeartbeat: 1_785_587_696.5,
            lastSeenVersion: "2026.2.0",
            deviceID: "e71bc6786bed11f087b582b621cd4455",
            serialNumber: "MC-0001",
            deviceType: "MANAGED"
        )
        let second = ListedConnector(id: "0f0f", activated: false)
        #expect(reply.value == ConnectorList(connectors: [first, second], malformed: 0))
        var dumped = ""
        dump(reply, to: &dumped)
        #expect(!dumped.contains("lk-never-decoded"))
    }

    @Test func `reads sites and skips malformed ones`() async throws {
        let reply = try await client("sites.odd.json").sites(account: "acc", credential: credential())
        let sites = reply.value.sites
        #expect(sites.map(\.id) == ["023e", "024f", "025a"])
        #expect(sites.map(\.name) == ["site \"1\"", nil, nil])
        #expect(sites.map(\.connectorID) == ["ac60", nil, "77"])
        #expect(sites.map(\.secondaryConnectorID) == ["8d67", nil, nil])
        #expect(sites.map(\.haMode) == [true, nil, nil])
        #expect(sites.map(\.latitude) == [37.6192, -90, nil])
        #expect(sites.map(\.longitude) == [122.3816, nil, nil], "out of range, and not a number")
    }

    @Test(
        arguments: [
            (#""expires_on": "2026-12-01T00:00:00Z""#, 1_796_083_200.0), (#""expires_on": null"#, nil),
            (#""expires_on": "never""#, nil), (#""status": "active""#, nil),
        ] as [(String, Double?)]
    )
    func `reads the expiry of a token`(member: String, expiry: Double?) async throws {
        let body = #"{"success": true, "result": {\#(member)}}"#
        let client = try makeClient(FixedTransport(body: body))
        for account in ["acc", nil] {
            let reply = try await client.tokenStatus(account: account, credential: credential())
            #expect(reply.value.expiresOn == expiry)
        }
    }

    @Test func `accepts every notation of an integer and skips malformed events`() async throws {
        let page = try await client("events.odd.json").page().value
        #expect(
            page.items == [
                ListedEvent(t: 1_700_000_000, n: 0, kind: "Init", collectedAt: 1_700_000_005),
                ListedEvent(t: 1_700_000_000, n: 1, kind: "RekeyStart", collectedAt: 1_700_000_005),
                ListedEvent(t: 1_700_000_000, n: 2, kind: "Leave", collectedAt: 1_700_000_000),
                ListedEvent(t: 1_700_000_001, n: 3, kind: "QuantumLeap", collectedAt: nil),
                ListedEvent(t: 1_700_000_001, n: 4, kind: "Reconcile", collectedAt: nil),
                ListedEvent(t: 253_402_300_799, n: 9_007_199_254_740_991, kind: "HaInit", collectedAt: nil),
                ListedEvent(t: 0, n: 5, kind: "HaLeave", collectedAt: nil),
            ]
        )
        #expect(page.malformed == 19)
        #expect(page.cursor == nil)
    }

    @Test func `keeps an event with an unknown payload`() async throws {
        let client = try client("latest.odd.json")
        let latest = try await client.latestEvents(account: "a", connector: "c", credential: credential())
            .value
        func event(_ n: Int, _ kind: String, tunnel: String? = nil, url: String? = nil, v: String? = nil)
            -> EventDetail
        {
            EventDetail(t: 10, n: n, kind: kind, tunnelID: tunnel, url: url, version: v)
        }
        #expect(
            latest.items == [
                event(1, "RekeyStart", tunnel: "t-1", v: "2026.2.0"), event(2, "RekeyReset"),
                event(3, "RekeyComplete"), event(4, "StartUpgrade", url: "https://example.com/bundle"),
                event(5, "StartUpgrade"), event(6, "HaTransition"),
            ]
        )
        #expect(latest.malformed == 5)
    }

    @Test func `requires only the id of a connector`() async throws {
        let list = try await client("connectors.odd.json").connectors(account: "a", credential: credential())
            .value
        #expect(
            list.connectors == [
                ListedConnector(id: "a", lastHeartbeat: 1_700_000_000),
                ListedConnector(id: "b", lastHeartbeat: 1_700_000_000.5),
                ListedConnector(id: "c", serialNumber: "S"),
            ]
        )
        #expect(list.malformed == 6)
    }

    @Test(arguments: [#"nul\u0000one"#, #"two\nlines"#, #"\u007f"#, String(repeating: "x", count: 257), ""])
    func `skips a connector whose id cannot be a key or a label`(id: String) async throws {
        let body = #"{"success":true,"result":[{"id":"\#(id)"},{"id":"a b/c\"d"}]}"#
        let list = try await makeClient(FixedTransport(body: body)).connectors(
            account: "a",
            credential: credential()
        ).value
        #expect(list.connectors == [ListedConnector(id: #"a b/c"d"#)])
        #expect(list.malformed == 1)
    }

    @Test(arguments: [#""cursor":null,"#, #""cursor":"","#, ""])
    func `treats an absent, null or empty cursor as the last page`(cursor: String) async throws {
        let body = #"{"success":true,"result":{\#(cursor)"items":[]}}"#
        let page = try await makeClient(FixedTransport(body: body)).page().value
        #expect(page == EventPage(items: [], cursor: nil, malformed: 0))
    }

    @Test(arguments: [200, 201, 299])
    func `accepts every status from 200 to 299`(status: Int) async throws {
        let transport = FixedTransport(status: status, body: #"{"success":true,"result":{"items":[]}}"#)
        #expect(try await makeClient(transport).page().status == status)
    }

    @Test(
        arguments: [
            ("2026-08-01T12:34:56Z", 1_785_587_696.0), ("2026-08-01t12:34:56z", 1_785_587_696),
            ("2026-08-01 12:34:56+00:00", 1_785_587_696), ("2026-08-01T14:34:56.25+02:00", 1_785_587_696.25),
            ("2026-08-01T04:04:56-08:30", 1_785_587_696), ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T00:00:00.000000000000000000001Z", 951_782_400),
            ("2016-12-31T23:59:60Z", 1_483_228_800),
            ("9999-12-31T23:59:59Z", 253_402_300_799), ("1700000000", 1_700_000_000),
            ("1700000000.5", 1_700_000_000.5),
            ("2026-08-01T12:34:56", nil), ("2026-08-01", nil), ("2026-13-01T00:00:00Z", nil),
            ("2026-02-29T00:00:00Z", nil), ("2100-02-29T00:00:00Z", nil), ("2026-00-01T00:00:00Z", nil),
            ("2026-08-00T00:00:00Z", nil), ("2026-08-01T24:00:00Z", nil), ("2026-08-01T12:60:00Z", nil),
            ("2026-08-01T12:34:61Z", nil), ("2026-08-01T12:34:56.Z", nil), ("2026-08-01T12:34:56+0200", nil),
            ("2026-08-01T12:34:56+24:00", nil), ("2026-08-01T12:34:56Zjunk", nil),
            ("1969-12-31T23:59:59Z", nil),
            ("0000-01-01T00:00:00Z", nil), ("", nil), ("nan", nil), ("inf", nil), ("-1", nil), ("+1", nil),
            ("0x1p3", nil), ("1e9", nil), (".", nil), ("1.2.3", nil), ("1700000000000", nil),
            ("٢٠٢٦-08-01T12:34:56Z", nil),
        ] as [(String, Double?)]
    )
    func `reads a heartbeat in RFC 3339 or Unix seconds only`(text: String, expected: Double?)
        async throws
    {
        let body = #"{"success":true,"result":[{"id":"a","last_heartbeat":"\#(text)"}]}"#
        let list = try await makeClient(FixedTransport(body: body)).connectors(
            account: "a",
            credential: credential()
        )
        #expect(list.value.connectors == [ListedConnector(id: "a", lastHeartbeat: expected)])
    }

    @Test(
        arguments: [
            ("1.7e9", 1.7e9), ("-1", nil), ("1e300", nil), ("1e999", nil), ("true", nil), ("null", nil),
        ] as [(String, Double?)]
    )
    func `reads a heartbeat that is a JSON number`(number: String, expected: Double?) async throws {
        let body = #"{"success":true,"result":[{"id":"a","last_heartbeat":\#(number)}]}"#
        let list = try await makeClient(FixedTransport(body: body)).connectors(
            account: "a",
            credential: credential()
        )
        #expect(list.value.connectors == [ListedConnector(id: "a", lastHeartbeat: expected)])
    }
}
