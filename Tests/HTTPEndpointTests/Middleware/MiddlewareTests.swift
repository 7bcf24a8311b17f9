// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import TestSupport
import Testing

/// The middleware over real sockets.
@Suite(.timeLimit(.minutes(1))) struct MiddlewareTests {
    private static let authorization = "Authorization: Basic YjpzZWNyZXQ="

    @Test func `authenticates every path and method and keeps the connection`() async throws {
        let authentication = try BasicAuthenticationTests.authentication(of: ["b"])
        try await withEndpoint(handler: authentication.wrapping(echo)) { endpoint, port throws in
            let client = try RawHTTPClient(port: port)
            for path in ["/", "/metrics", "/-/healthy", "/-/ready", "/-/reload", "/nowhere", "/%41"] {
                for method in ["GET", "HEAD", "POST", "OPTIONS", "BREW"] {
                    let reply = try client.exchange(method, path)
                    #expect(reply.status == 401)
                    #expect(reply.header("www-authenticate") == "Basic")
                    #expect(try client.exchange(method, path, [Self.authorization]).status == 200)
                }
            }
            #expect(endpoint.statistics.acceptedConnections == 1)
        }
    }

    @Test func `password checks do not block other requests`() async throws {
        let authentication = try BasicAuthenticationTests.authentication(of: ["b", "y"])
        let gate = Gate()
        let inside = Events<Int>()
        let handler = authentication.wrapping { request, responder in
            if request.path == "/hold" {
                inside.record(1)
                gate.pass()
            }
            responder.send(.text(200, request.path))
        }
        try await withEndpoint(handler: handler) { _, port throws in
            defer { gate.open() }
            let known = try RawHTTPClient(port: port)
            let knownField = "Authorization: \(BasicAuthenticationTests.field("y", "secret"))"
            #expect(try known.exchange("GET", "/", [knownField]).status == 200)
            // The first accepted request blocks the password thread. Twenty others wait behind it.
            let holder = try RawHTTPClient(port: port)
            try holder.send("GET /hold HTTP/1.1\r\nHost: a\r\n\(Self.authorization)\r\n\r\n")
            _ = try inside.next()
            let slow = try (0..<20).map { _ in try RawHTTPClient(port: port) }
            for (index, client) in slow.enumerated() {
                let field = BasicAuthenticationTests.field("b", "wrong \(index)")
                try client.send("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: \(field)\r\n\r\n")
            }
            let other = try RawHTTPClient(port: port)
            for _ in 0..<50 {
                #expect(try other.exchange("GET", "/").status == 401)
                #expect(try known.exchange("GET", "/metrics", [knownField]).text == "/metrics")
            }
            gate.open()
            #expect(try holder.response().text == "/hold")
            for client in slow { #expect(try client.response().status == 401) }
        }
    }

    @Test func `survives clients that disconnect during a password check`() async throws {
        let authentication = try BasicAuthenticationTests.authentication(of: ["b"])
        try await withEndpoint(handler: authentication.wrapping(echo)) { _, port throws in
            for index in 0..<20 {
                let client = try RawHTTPClient(port: port)
                let field = BasicAuthenticationTests.field("b", "wrong \(index)")
                try client.send("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: \(field)\r\n\r\n")
            }
            let client = try RawHTTPClient(port: port)
            #expect(try client.exchange("GET", "/x", [Self.authorization]).text == "GET /x? ")
        }
    }

    @Test func `adds configured fields to every response`() async throws {
        let authentication = try BasicAuthenticationTests.authentication(of: ["b"])
        let fields = HeaderMiddleware([
            .init(name: "X-Frame-Options", value: "sameorigin"),
            .init(name: "Strict-Transport-Security", value: "max-age=1"),
        ])
        let handler: Handler = { request, responder in
            guard request.path != "/dropped" else { return }
            var response = Response.text(request.path == "/missing" ? 404 : 200, "")
            response.headers += [("x-frame-options", "DENY"), ("X-Own", "stays")]
            responder.send(response)
        }
        try await withEndpoint(handler: fields.wrapping(authentication.wrapping(handler))) { _, port throws in
            let client = try RawHTTPClient(port: port)
            let replies = [
                (401, try client.exchange("GET", "/")),
                (200, try client.exchange("GET", "/", [Self.authorization])),
                (404, try client.exchange("GET", "/missing", [Self.authorization])),
                (500, try client.exchange("GET", "/dropped", [Self.authorization])),
            ]
            for (status, reply) in replies {
                #expect(reply.status == status)
                let values = reply.headers.filter { $0.name.lowercased() == "x-frame-options" }.map(\.value)
                #expect(values == ["sameorigin"])
                #expect(reply.header("strict-transport-security") == "max-age=1")
            }
            #expect(replies[1].1.header("x-own") == "stays")
        }
    }

    @Test func `rejects requests over the rate limit with 429 and Retry-After`() async throws {
        let rateLimit = RateLimitMiddleware(TokenBucket(interval: .seconds(3600), burst: 2))
        try await withEndpoint(handler: rateLimit.wrapping(echo)) { _, port throws in
            let statuses = try (0..<4).map { _ in try RawHTTPClient(port: port).exchange("GET", "/").status }
            #expect(statuses == [200, 200, 429, 429])
            let reply = try RawHTTPClient(port: port).exchange("GET", "/")
            let wait = try #require(reply.header("retry-after").flatMap(Int.init))
            #expect((3500...3600).contains(wait))
        }
    }
}
