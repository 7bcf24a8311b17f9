// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import TestSupport
import Testing

/// Passwords, header fields and the rate limit as a client meets them.
@Suite(.timeLimit(.minutes(1))) struct `A guarded endpoint` {
    private static let right = "Authorization: Basic YjpzZWNyZXQ="

    @Test func `every path and method is guarded, and the connection stays`() async throws {
        let guardian = try `Basic authentication`.guardian(of: ["b"])
        try await withEndpoint(handler: guardian.wrapping(echo)) { endpoint, port throws in
            let client = try RawHTTPClient(port: port)
            for path in ["/", "/metrics", "/-/healthy", "/-/ready", "/-/reload", "/nowhere", "/%41"] {
                for method in ["GET", "HEAD", "POST", "OPTIONS", "BREW"] {
                    let reply = try client.exchange(method, path)
                    #expect(reply.status == 401)
                    #expect(reply.header("www-authenticate") == "Basic")
                    #expect(try client.exchange(method, path, [Self.right]).status == 200)
                }
            }
            #expect(endpoint.statistics.acceptedConnections == 1)
        }
    }

    @Test func `passwords that are being checked keep nobody else waiting`() async throws {
        let guardian = try `Basic authentication`.guardian(of: ["b", "y"])
        let gate = Gate()
        let inside = Events<Int>()
        let guarded = guardian.wrapping { request, responder in
            if request.path == "/hold" {
                inside.record(1)
                gate.pass()
            }
            responder.send(.text(200, request.path))
        }
        try await withEndpoint(handler: guarded) { _, port throws in
            defer { gate.open() }
            let known = try RawHTTPClient(port: port)
            let knownField = "Authorization: \(`Basic authentication`.field("y", "secret"))"
            #expect(try known.exchange("GET", "/", [knownField]).status == 200)
            // The thread that checks passwords is held by the first whom it lets in; behind him twenty wait.
            let holder = try RawHTTPClient(port: port)
            try holder.send("GET /hold HTTP/1.1\r\nHost: a\r\n\(Self.right)\r\n\r\n")
            _ = try inside.next()
            let slow = try (0..<20).map { _ in try RawHTTPClient(port: port) }
            for (index, client) in slow.enumerated() {
                let field = `Basic authentication`.field("b", "wrong \(index)")
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

    @Test func `clients that went away while they waited harm nobody`() async throws {
        let guardian = try `Basic authentication`.guardian(of: ["b"])
        try await withEndpoint(handler: guardian.wrapping(echo)) { _, port throws in
            for index in 0..<20 {
                let client = try RawHTTPClient(port: port)
                let field = `Basic authentication`.field("b", "wrong \(index)")
                try client.send("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: \(field)\r\n\r\n")
            }
            let client = try RawHTTPClient(port: port)
            #expect(try client.exchange("GET", "/x", [Self.right]).text == "GET /x? ")
        }
    }

    @Test func `configured fields are on every answer, in place of the handler's own`() async throws {
        let guardian = try `Basic authentication`.guardian(of: ["b"])
        let fields = HeaderMiddleware([
            .init(name: "X-Frame-Options", value: "sameorigin"),
            .init(name: "Strict-Transport-Security", value: "max-age=1"),
        ])
        let handler: Handler = { request, responder in
            guard request.path != "/dropped" else { return }
            var response = Response.text(request.path == "/missing" ? 404 : 200, "")
            response.headers += [("x-frame-options", "DENY"), ("X-Own", "stays")]
            responder.send(response, after: .milliseconds(1))
        }
        try await withEndpoint(handler: fields.wrapping(guardian.wrapping(handler))) { _, port throws in
            let client = try RawHTTPClient(port: port)
            let replies = [
                (401, try client.exchange("GET", "/")),
                (200, try client.exchange("GET", "/", [Self.right])),
                (404, try client.exchange("GET", "/missing", [Self.right])),
                (500, try client.exchange("GET", "/dropped", [Self.right])),
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

    @Test func `what goes beyond the rate limit is answered 429, with when to come again`() async throws {
        let throttle = RateLimitMiddleware(TokenBucket(interval: .seconds(3600), burst: 2))
        try await withEndpoint(handler: throttle.wrapping(echo)) { _, port throws in
            let statuses = try (0..<4).map { _ in try RawHTTPClient(port: port).exchange("GET", "/").status }
            #expect(statuses == [200, 200, 429, 429])
            let reply = try RawHTTPClient(port: port).exchange("GET", "/")
            let wait = try #require(reply.header("retry-after").flatMap(Int.init))
            #expect((3500...3600).contains(wait))
        }
    }
}
