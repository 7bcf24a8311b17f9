// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import TestSupport
import Testing

/// Defects that show only after many requests.
@Suite(.timeLimit(.minutes(3))) struct EnduranceTests {
    @Test func `serves 40,000 requests across handler replacements`() async throws {
        try await withEndpoint(handler: echo) { endpoint, port in
            let client = try RawHTTPClient(port: port)
            let batch = String(repeating: "GET /a HTTP/1.1\r\nHost: a\r\n\r\n", count: 16)
            for round in 0..<2500 {
                try client.send(batch)
                for _ in 0..<16 { #expect(try client.response().text == "GET /a? ") }
                if round % 50 == 0 { endpoint.replaceHandler(echo) }
            }
            #expect(endpoint.statistics.requests == 40_000)
        }
    }
}
