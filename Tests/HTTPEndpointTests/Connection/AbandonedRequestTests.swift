// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct AbandonedRequestTests {
    @Test func `a responder reports that its connection has closed`() async throws {
        let waiting = Events<Responder>()
        let handler: Handler = { request, responder in
            if request.path == "/wait" { waiting.record(responder) } else { responder.send(.text(200, "")) }
        }
        try await withEndpoint(handler: handler) { _, port in
            let other = try RawHTTPClient(port: port)
            let responder = try {
                let client = try RawHTTPClient(port: port)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
                let responder = try waiting.next()
                _ = try other.exchange("GET", "/")
                #expect(!responder.isAbandoned)
                // The client closes with an unread response, so its kernel sends RST.
                return responder
            }()
            var exchanges = 0
            while !responder.isAbandoned, exchanges < 10_000 {
                _ = try other.exchange("GET", "/")
                exchanges += 1
            }
            #expect(responder.isAbandoned)
            responder.send(.text(200, ""))
        }
    }
}
