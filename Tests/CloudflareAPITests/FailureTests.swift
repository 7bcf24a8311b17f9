// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import HTTPTransport
import Testing

@Suite struct FailureTests {
    @Test(arguments: try Fixture.names(endingIn: ".bad.json"))
    func `reports the problem of a malformed body`(name: String) async throws {
        let error = try await failure(FixedTransport(body: try Fixture.text("\(name).bad.json")))
        #expect(error.description == (try Fixture.text("\(name).bad.txt")))
        let reason: APIError.Reason =
            switch name {
            case "events.rejected": .rejected
            case "events.throttled": .rateLimited
            default: .malformed
            }
        #expect(error.reason == reason)
        #expect(error.status == 200)
    }

    private static func envelope(_ code: Int, _ message: String) -> String {
        #"{"result":null,"success":false,"errors":[{"code":\#(code),"message":"\#(message)"}],"messages":[]}"#
    }

    /// Failures that were seen in responses of the API, with their class.
    @Test(
        arguments: [
            (401, 10000, "Authentication error", .unauthorized),
            (403, 10000, "Authentication error", .forbidden),
            (400, 10000, "Authentication error", .unauthorized),
            (403, 9109, "Invalid access token", .forbidden),
            (400, 9109, "Unauthorized to access requested resource", .unauthorized),
            (401, 1000, "Invalid API Token", .unauthorized), (400, 1000, "Invalid API Token", .unauthorized),
            (400, 6003, "Invalid request headers", .unauthorized),
            (400, 9103, "Unknown X-Auth-Key", .unauthorized),
            (403, 10001, "method not allowed for token", .forbidden),
            (400, 7003, "Could not route to /client/v4/accounts/x", .badRequest),
            (404, 7003, "Could not route to /client/v4/accounts/x", .notFound),
            (429, 971, "Please wait", .rateLimited), (403, 971, "Please wait", .rateLimited),
            (500, 971, "Please wait", .rateLimited), (429, 10100, "More than 1200 requests", .rateLimited),
            (200, 10000, "Authentication error", .rejected), (400, 1012, "not onboarded", .badRequest),
            (409, 1, "conflict", .badRequest), (418, 1, "teapot", .badRequest),
            (500, 1, "internal", .serverError),
            (301, 1, "moved", .redirect), (304, 1, "same", .redirect), (100, 1, "odd", .malformed),
            (600, 1, "odd", .malformed), (0, 1, "odd", .malformed),
        ] as [(Int, Int, String, APIError.Reason)]
    )
    func `reports the class, the code and the message of a failure`(
        status: Int,
        code: Int,
        message: String,
        reason: APIError.Reason
    ) async throws {
        for endpoint in APIEndpoint.allCases {
            let transport = FixedTransport(status: status, body: Self.envelope(code, message))
            let error = try await failure(transport, endpoint)
            #expect(error.reason == reason)
            #expect(error.status == status)
            #expect(error.codes == [APIMessage(code: code, message: message)])
            #expect(error.description.contains(" answered \(status) (\(code) \(message))."))
        }
    }

    @Test(
        arguments: [502, 504, 520, 527],
        ["", "<html><h1>Bad gateway</h1></html>", "null", "[]", #"{"errors":7}"#]
    )
    func `accepts a failure without an envelope`(status: Int, body: String) async throws {
        let error = try await failure(FixedTransport(status: status, body: body))
        #expect(error.reason == .serverError)
        #expect(error.codes.isEmpty)
        #expect(
            error.description
                == "GET /accounts/acc/magic/connectors/con/telemetry/events answered \(status)."
        )
    }

    @Test(
        arguments: [
            (401, #" Check the API token; it needs the account permission "Magic WAN Read"."#),
            (
                403,
                #" Give the API token the account permission "Magic WAN Read", and check its address filter."#
            ),
            (
                404,
                " Check the account id. The API also answers this for a connector that has never reported."
            ),
            (302, " Redirects are not followed; check the base URL."),
            (429, " Wait before the next request with this token."),
        ]
    )
    func `advises what to do`(status: Int, advice: String) async throws {
        let error = try await failure(FixedTransport(status: status, body: ""), .connectors)
        #expect(error.description == "GET /accounts/acc/magic/connectors answered \(status).\(advice)")
    }

    @Test func `passes Retry-After and the rate limit on`() async throws {
        let response = HTTPResponse(
            status: 429,
            headers: [("ratelimit", #""default";r=0;t=30"#)],
            retryAfter: .seconds(120)
        )
        let error = try await failure(FixedTransport(.success(response)))
        #expect(error.retryAfter == .seconds(120))
        #expect(error.rateLimit?.remaining == 0)
        #expect(error.rateLimit?.resetAfter == .seconds(30))
        #expect(error.description.hasSuffix(" Wait 120.0 seconds before the next request with this token."))
    }

    @Test(
        arguments: [
            .resolve, .connect, .tls, .timeout, .interrupted, .tooLarge, .malformed, .refused, .cancelled,
            .other,
        ] as [TransportError.Reason]
    )
    func `keeps the names of the transport's reasons`(reason: TransportError.Reason) async throws {
        let error = try await failure(
            FixedTransport(.failure(TransportError(reason, "GET https://x: it broke.")))
        )
        #expect(error.reason.rawValue == reason.rawValue)
        #expect(error.status == nil)
        #expect(
            error.description
                == "GET /accounts/acc/magic/connectors/con/telemetry/events: GET https://x: it broke."
        )
    }

    @Test func `every reason is a unique label value`() {
        let labels = APIError.Reason.allCases.map(\.rawValue)
        #expect(Set(labels).count == 18)
        #expect(labels.allSatisfy { $0.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x5f } })
    }

    @Test func `cuts a server's message and removes control characters`() async throws {
        let message =
            #"\u001b[31mred\u0007\r\n\u202eevil\u2028 \u0000 end "# + String(repeating: "x", count: 5000)
        let error = try await failure(FixedTransport(status: 500, body: Self.envelope(1, message)))
        let text = try #require(error.codes.first).message
        #expect(text.hasPrefix("[31mred evil end xxx"))
        #expect(text.hasSuffix("x…"))
        #expect(text.count == 201)
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202e })
    }

    @Test func `keeps the first errors that have a code or a message`() async throws {
        let items = [#"{"code":1}"#, #"{"message":"two"}"#, "{}", "null", #"{"code":"3","message":"three"}"#]
        let many = (10..<10_000).map { #"{"code":\#($0),"message":"m"}"# }
        let body = #"{"success":false,"errors":[\#((items + many).joined(separator: ","))]}"#
        let error = try await failure(FixedTransport(status: 500, body: body))
        #expect(error.codes.map(\.code) == [1, 0, 0, 10, 11, 12, 13, 14])
        #expect(error.codes.prefix(3).map(\.message) == ["", "two", "three"])
    }

    @Test(arguments: ["[", #"{"a":"#])
    func `survives deeply nested JSON`(opening: String) async throws {
        let deep = String(repeating: opening, count: 200_000)
        for body in [
            deep, #"{"success":true,"result":"# + deep, #"{"success":true,"result":{"items":[{"x":"# + deep,
            #"{"success":true,"result":{"items":[{"x":"# + String(repeating: "[", count: 200_000)
                + String(repeating: "]", count: 200_000) + "}]}}",
        ] {
            for status in [200, 500] {
                let error = try await failure(FixedTransport(status: status, body: body))
                #expect(error.reason == (status == 200 ? .malformed : .serverError))
                #expect(error.description.utf8.count < 500)
            }
        }
    }

    @Test func `survives invalid UTF-8`() async throws {
        let start = Array(#"{"success":true,"result":{"items":[{"t":1,"n":1,"k":""#.utf8)
        let body = start + [0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80] + Array(#""}]}}"#.utf8)
        let response = HTTPResponse(status: 200, body: body)
        let client = try makeClient(FixedTransport(.success(response)))
        // The decoder may repair or reject the event or the page, but it must not crash.
        if let page = try? await client.page().value { #expect(page.items.count + page.malformed == 1) }
    }
}
