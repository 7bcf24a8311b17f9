// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import HTTPTransport
import Testing

@Suite struct RequestTests {
    private static let base = "https://api.example/client/v4/accounts/acc/magic/connectors"

    @Test(
        arguments: [
            (.connectors, base, 16 << 20), (.events, base + "/con/telemetry/events?from=1&to=2", 2 << 20),
            (.event, base + "/con/telemetry/events/0.0", 64 << 10),
            (.latest, base + "/con/telemetry/events/latest", 2 << 20),
        ] as [(APIEndpoint, String, Int)]
    )
    func `builds the URL and the size limit of each endpoint`(
        endpoint: APIEndpoint,
        url: String,
        bodyLimit: Int
    ) async throws {
        let transport = FixedTransport(.failure(TransportError(.connect, "connection refused")))
        try? await makeClient(transport).call(endpoint)
        let request = try #require(transport.requests.first)
        #expect(transport.requests.count == 1)
        #expect(request.url == url)
        #expect(request.credential == Credential(secret))
        #expect(request.timeout == .seconds(7))
        #expect(request.bodyLimit == bodyLimit)
    }

    @Test(
        arguments: [
            (EventQuery(from: 1_700_000_000, to: 1_700_003_600), "from=1700000000&to=1700003600"),
            (EventQuery(from: -5, to: .max, limit: 500), "from=-5&to=9223372036854775807&limit=500"),
            (
                EventQuery(from: 0, to: 1, cursor: "a+/=&b c%#\u{e9}"),
                "from=0&to=1&cursor=a%2B%2F%3D%26b%20c%25%23%C3%A9"
            ),
            (EventQuery(from: 0, to: 1, cursor: "AZaz09-._~"), "from=0&to=1&cursor=AZaz09-._~"),
        ]
    )
    func `encodes every reserved character of a query`(query: EventQuery, expected: String) async throws {
        let transport = FixedTransport(body: #"{"success":true,"result":{"items":[]}}"#)
        let client = try makeClient(transport)
        _ = try await client.events(account: "acc", connector: "con", query: query, credential: credential())
        #expect(transport.requests.map(\.url) == [Self.base + "/con/telemetry/events?\(expected)"])
    }

    @Test func `writes large integers without an exponent`() async throws {
        let transport = FixedTransport(.failure(TransportError(.connect, "connection refused")))
        let client = try makeClient(transport)
        _ = try? await client.event(
            account: "acc",
            connector: "con",
            t: 1_755_000_123,
            n: 9_007_199_254_740_991,
            credential: credential()
        )
        #expect(
            transport.requests.map(\.url) == [Self.base + "/con/telemetry/events/1755000123.9007199254740991"]
        )
    }

    @Test func `encodes an id as one path segment`() async throws {
        let transport = FixedTransport(.failure(TransportError(.connect, "connection refused")))
        let client = try makeClient(transport, base: "http://127.0.0.1:8080/api/")
        let query = EventQuery(from: 1, to: 2)
        _ = try? await client.events(
            account: "a/../b?c#d",
            connector: "é @%",
            query: query,
            credential: credential()
        )
        #expect(
            transport.requests.map(\.url) == [
                "http://127.0.0.1:8080/api/accounts/a%2F..%2Fb%3Fc%23d/magic/connectors/%C3%A9%20%40%25"
                    + "/telemetry/events?from=1&to=2"
            ]
        )
    }

    @Test(arguments: ["", ".", ".."])
    func `refuses an id that would change the path`(id: String) async throws {
        let transport = FixedTransport(body: "{}")
        let client = try makeClient(transport)
        let error = await #expect(throws: APIError.self) {
            try await client.latestEvents(account: "acc", connector: id, credential: credential())
        }
        #expect(error?.reason == .refused)
        #expect(
            error?.description == "GET events_latest: \"\(id)\" is not the id of an account or a connector."
        )
        #expect(transport.requests.isEmpty)
    }

    @Test(
        arguments: [
            ("https://api.cloudflare.com/client/v4", "https://api.cloudflare.com/client/v4"),
            ("https://api.cloudflare.com/client/v4/", "https://api.cloudflare.com/client/v4"),
            ("HTTPS://API.Cloudflare.com/Client//", "https://api.cloudflare.com/Client"),
            ("https://a.example", "https://a.example"), ("https://a.example:8443/", "https://a.example:8443"),
            ("http://localhost:8080", "http://localhost:8080"), ("http://127.0.0.1/x", "http://127.0.0.1/x"),
            ("http://127.9.9.9", "http://127.9.9.9"), ("http://[::1]:80/x", "http://[::1]:80/x"),
            ("https://[2001:DB8::1]/", "https://[2001:db8::1]"),
            ("https://a.example/x%20y", "https://a.example/x%20y"),
        ]
    )
    func `parses a base URL`(text: String, expected: String) throws {
        #expect(try BaseURL(text).description == expected)
    }

    @Test(
        arguments: [
            ("", "has no scheme; write it like https://api.cloudflare.com/client/v4"),
            (
                "api.cloudflare.com",
                "has no scheme; write it like https://api.cloudflare.com/client/v4"
            ),
            ("ftp://a.example", "has a scheme that is not allowed; use https"),
            (
                "http://a.example",
                "http is only allowed for this machine (127.0.0.0/8, ::1, localhost); use https"
            ),
            (
                "http://127.0.0.1.example",
                "http is only allowed for this machine (127.0.0.0/8, ::1, localhost); use https"
            ),
            (
                "http://128.0.0.1",
                "http is only allowed for this machine (127.0.0.0/8, ::1, localhost); use https"
            ),
            ("https://", "has no valid host; write it like https://api.cloudflare.com/client/v4"),
            ("https:///x", "has no valid host; write it like https://api.cloudflare.com/client/v4"),
            ("https://-a/", "has no valid host; write it like https://api.cloudflare.com/client/v4"),
            ("https://a..b/", "has no valid host; write it like https://api.cloudflare.com/client/v4"),
            ("https://a_b!/", "has no valid host; write it like https://api.cloudflare.com/client/v4"),
            (
                "https://[::1",
                "has no bracket after the IPv6 address; write it like https://[2001:db8::1]:443"
            ),
            ("https://[::1]x", "has no port after the IPv6 address; write it like https://[2001:db8::1]:443"),
            ("https://[]/", "has no valid host; write it like https://api.cloudflare.com/client/v4"),
            (
                "https://[g::1]/",
                "has no valid host; write it like https://api.cloudflare.com/client/v4"
            ),
            ("https://a:0/", "has no valid port; use a number from 1 to 65535"),
            ("https://a:65536/", "has no valid port; use a number from 1 to 65535"),
            ("https://a:/", "has no valid port; use a number from 1 to 65535"),
            ("https://a:+1/", "has no valid port; use a number from 1 to 65535"),
            (
                "https://user:hunter2@a/",
                "contains a user or a password; remove it, because the API token has its own setting"
            ),
            (
                "https://a/x?y=1",
                "has a query or a fragment; remove it"
            ),
            (
                "https://a#x",
                "has a query or a fragment; remove it"
            ),
            ("https://a/x//y", #"has a path with an empty segment, a "." or a ".."; remove it"#),
            ("https://a/../y", #"has a path with an empty segment, a "." or a ".."; remove it"#),
            (
                "https://a/<x>",
                #"has a path with characters that are not allowed; percent-encode every other character than letters and digits"#
            ),
            ("https://a b/", "contains spaces or characters outside printable ASCII; percent-encode them"),
            (
                "https://a/\r\nX: y",
                "contains spaces or characters outside printable ASCII; percent-encode them"
            ),
        ]
    )
    func `explains what is wrong with a base URL`(text: String, expected: String) {
        let error = #expect(throws: BaseURLError.self) { try BaseURL(text) }
        #expect(error?.description == expected)
    }

    @Test func `the endpoint labels do not change`() {
        #expect(
            APIEndpoint.allCases.map(\.rawValue) == [
                "connectors", "sites", "events", "event", "events_latest", "snapshots",
                "snapshots_latest", "token_verify",
            ]
        )
    }
}
