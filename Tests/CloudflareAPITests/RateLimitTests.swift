// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import HTTPTransport
import Testing

@Suite struct RateLimitTests {
    @Test(
        arguments: [
            (#""default";r=50;t=30"#, RateLimit(remaining: 50, resetAfter: .seconds(30))),
            (#""default";r=50;t=30, "burst";r=3;t=9"#, RateLimit(remaining: 3, resetAfter: .seconds(9))),
            (#""a";r=0;t=30, "b";r=0;t=90"#, RateLimit(remaining: 0, resetAfter: .seconds(90))),
            (#""a";t=30, "b";r=7;t=90"#, RateLimit(remaining: 7, resetAfter: .seconds(90))),
            (#""a, \"b;r=1";r=7"#, RateLimit(remaining: 7, resetAfter: nil)),
            ("default;r=5;t=1", RateLimit(remaining: 5, resetAfter: .seconds(1))),
            ("  \"x\" ; r=5 ;t=1  ", RateLimit(remaining: 5, resetAfter: .seconds(1))),
            (#""x";r=1;r=2"#, RateLimit(remaining: 2, resetAfter: nil)),
            (#""x";r=5;t=-1"#, RateLimit(remaining: 5, resetAfter: nil)),
            (#""x";r=5;t=1.5"#, RateLimit(remaining: 5, resetAfter: nil)),
            (
                #""x";r=999999999999999;t=999999999999999"#,
                RateLimit(remaining: 999_999_999_999_999, resetAfter: .seconds(999_999_999_999_999))
            ),
            (#""x";r=9999999999999999"#, nil), (#""x";r="#, nil), (#""x";r"#, nil), (#""x";t=1"#, nil),
            (#""x";r=abc"#, nil), (#""x""#, nil), ("", nil), (",,,;;;", nil), ("=;=;=", nil),
            (#""unterminated;r=5"#, nil), (#"\"#, nil), (#""\"#, nil), (";r=5", nil), (nil, nil),
        ] as [(String?, RateLimit?)]
    )
    func `reads the limit with the fewest requests left and ignores malformed ones`(
        header: String?,
        expected: RateLimit?
    ) async throws {
        let headers = header.map { [(name: "ratelimit", value: $0)] } ?? []
        let body = #"{"success":true,"result":{"items":[]}}"#
        let client = try makeClient(FixedTransport(headers: headers, body: body))
        #expect(try await client.page().rateLimit == expected)
    }

    @Test func `reads a list that is split over several fields`() async throws {
        let transport = FixedTransport(
            headers: [("ratelimit", #""a";r=9"#), ("ratelimit", #""b";r=4"#)],
            body: #"{"success":true,"result":{"items":[]}}"#
        )
        #expect(try await makeClient(transport).page().rateLimit?.remaining == 4)
    }
}
