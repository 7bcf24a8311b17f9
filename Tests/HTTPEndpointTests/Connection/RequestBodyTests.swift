// SPDX-License-Identifier: Apache-2.0

@testable import HTTPEndpoint
import TestSupport
import Testing

/// Requests with a body to an endpoint without a route that reads one.
@Suite(.timeLimit(.minutes(1))) struct RequestBodyTests {
    private static let respond: @Sendable (Request) -> Response = { .text(200, $0.path) }

    @Test(arguments: [
        "Content-Length: 5", "Content-Length: 99999999999999999999", "Transfer-Encoding: chunked",
        "Expect: 100-continue\r\nContent-Length: 5",
    ])
    func `rejects a body at the end of the head, and keeps none of it`(_ fields: String) {
        for following in ["", "hello", "0\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n"] {
            var driver = MachineDriver(Limits(bodyBytes: 0), answer: Self.respond)
            driver.receive("POST /a HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(following)")
            #expect(driver.log == ["sent", "shut down"])
            #expect(driver.output.hasPrefix("HTTP/1.1 413 Content Too Large\r\n"))
            #expect(driver.output.contains("Connection: close\r\n"))
            #expect(driver.machine.parser.isIdle, "the parser holds bytes of the body")
        }
    }

    @Test(arguments: ["Content-Length: 0", "X: y"])
    func `accepts a request without a body`(_ field: String) {
        var driver = MachineDriver(Limits(bodyBytes: 0), answer: Self.respond)
        for _ in 0..<2 { driver.receive("POST /a HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n") }
        #expect(driver.log == ["handle POST /a", "sent", "handle POST /a", "sent"])
    }

    @Test func `a client can read 413 while it sends a body`() async throws {
        try await withEndpoint({ $0.bodyBytes = 0 }, handler: echo) { endpoint, port throws in
            let client = try RawHTTPClient(port: port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 800000\r\n\r\n")
            for _ in 0..<8 { try client.send([UInt8](repeating: 0x61, count: 100_000)) }
            #expect(try client.response().status == 413)
            #expect(try client.rest().isEmpty)
            #expect(endpoint.statistics.requests == 0)
        }
    }
}
