// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import HTTPTransport
import Testing

/// What the API says of its limits.
@Suite struct RateLimitTests {
    @Test(
        arguments: [
            (
                #""default";r=50;t=30"#, nil,
                RateLimit(remaining: 50, resetAfter: .seconds(30), quota: nil, window: nil)
            ),
            (
                #""default";r=50;t=30"#, #""burst";q=100;w=60"#,
                RateLimit(remaining: 50, resetAfter: .seconds(30), quota: 100, window: .seconds(60))
            ),
            (
                #""default";r=50;t=30, "burst";r=3;t=9"#, #""default";q=1200;w=300,"burst";q=100;w=60"#,
                RateLimit(remaining: 3, resetAfter: .seconds(9), quota: 100, window: .seconds(60))
            ),
            (
                #""a";r=0;t=30, "b";r=0;t=90"#, nil,
                RateLimit(remaining: 0, resetAfter: .seconds(90), quota: nil, window: nil)
            ),
            (
                #""a, \"b;r=1";r=7"#, #""c";q=1, "d";q=2"#,
                RateLimit(remaining: 7, resetAfter: nil, quota: nil, window: nil)
            ),
            (
                nil, #""burst";q=100;w=60"#,
                RateLimit(remaining: nil, resetAfter: nil, quota: 100, window: .seconds(60))
            ),
            (
                "default;r=5;t=1", nil,
                RateLimit(remaining: 5, resetAfter: .seconds(1), quota: nil, window: nil)
            ),
            (
                "  \"x\" ; r=5 ;t=1  ", nil,
                RateLimit(remaining: 5, resetAfter: .seconds(1), quota: nil, window: nil)
            ),
            (#""x";r=1;r=2"#, nil, RateLimit(remaining: 2, resetAfter: nil, quota: nil, window: nil)),
            (#""x";r=5;t=-1"#, nil, RateLimit(remaining: 5, resetAfter: nil, quota: nil, window: nil)),
            (#""x";r=5;t=1.5"#, nil, RateLimit(remaining: 5, resetAfter: nil, quota: nil, window: nil)),
            (
                #""x";r=999999999999999;t=999999999999999"#, nil,
                RateLimit(
                    remaining: 999_999_999_999_999,
                    resetAfter: .seconds(999_999_999_999_999),
                    quota: nil,
                    window: nil
                )
            ),
            (#""x";r=9999999999999999"#, nil, nil), (#""x";r="#, nil, nil), (#""x";r"#, nil, nil),
            (#""x";r=abc"#, nil, nil), (#""x""#, nil, nil), ("", "", nil), (",,,;;;", "=;=;=", nil),
            (#""unterminated;r=5"#, nil, nil), (#"\"#, #""\"#, nil), (";r=5", nil, nil), (nil, nil, nil),
        ] as [(String?, String?, RateLimit?)]
    )
    func `the closest limit is read, and nonsense is nothing`(
        limit: String?,
        policy: String?,
        expected: RateLimit?
    ) async throws {
        var headers: [(name: String, value: String)] = []
        if let limit { headers.append(("ratelimit", limit)) }
        if let policy { headers.append(("ratelimit-policy", policy)) }
        let body = #"{"success":true,"result":{"items":[]}}"#
        let client = try makeClient(FixedTransport(headers: headers, body: body))
        #expect(try await client.page().rateLimit == expected)
    }

    @Test func `a list may be spread over several fields`() async throws {
        let transport = FixedTransport(
            headers: [("ratelimit", #""a";r=9"#), ("ratelimit", #""b";r=4"#)],
            body: #"{"success":true,"result":{"items":[]}}"#
        )
        #expect(try await makeClient(transport).page().rateLimit?.remaining == 4)
    }
}
