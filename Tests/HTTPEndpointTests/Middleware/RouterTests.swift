// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import TestSupport
import Testing

@Suite struct RouterTests {
    static var router: Router {
        var router = Router()
        router.on("GET", "/metrics") { request, responder in
            responder.send(.text(200, "got \(request.method)"))
        }
        router.on("POST", "/-/reload") { _, responder in responder.send(.text(200, "reloaded")) }
        router.on("PUT", "/-/reload") { _, responder in responder.send(.text(200, "put")) }
        router.on("PURGE", "/x") { _, responder in responder.send(.text(200, "purged")) }
        return router
    }

    private static func respond(_ router: Router, _ method: String, _ path: String) throws -> Response {
        let responses = Events<Response>()
        router.handler(
            Request(method: method, path: path),
            Responder { response in responses.record(response) }
        )
        return try responses.next(within: 0)
    }

    @Test(
        arguments: [
            ("GET", "/metrics", 200, "got GET", nil),
            ("HEAD", "/metrics", 200, "got HEAD", nil),
            ("POST", "/metrics", 405, "Method not allowed; use GET, HEAD, OPTIONS.", "GET, HEAD, OPTIONS"),
            ("OPTIONS", "/metrics", 204, "", "GET, HEAD, OPTIONS"),
            ("get", "/metrics", 501, "Method not implemented; use GET, HEAD, OPTIONS.", nil),
            ("GET", "/metrics/", 404, "Not found.", nil),
            ("POST", "/-/reload", 200, "reloaded", nil),
            ("PUT", "/-/reload", 200, "put", nil),
            ("HEAD", "/-/reload", 405, "Method not allowed; use OPTIONS, POST, PUT.", "OPTIONS, POST, PUT"),
            ("PURGE", "/x", 200, "purged", nil),
            ("BREW", "/x", 501, "Method not implemented; use OPTIONS, PURGE.", nil),
            ("BREW", "/y", 404, "Not found.", nil),
        ] as [(String, String, Int, String, String?)]
    )
    func `routes by path and method`(
        _ method: String,
        _ path: String,
        _ status: Int,
        _ text: String,
        _ allow: String?
    ) throws {
        let response = try Self.respond(Self.router, method, path)
        #expect(response.status == status)
        #expect(String(decoding: response.body.flatMap(\.self), as: UTF8.self) == text)
        #expect(response.headers.first { $0.name == "Allow" }?.value == allow)
    }

    @Test func `a prefix applies to paths without a route, the longest one first`() throws {
        var router = Self.router
        router.on("GET", below: "/") { _, responder in responder.send(.text(200, "any")) }
        router.on("GET", below: "/pages/") { _, responder in responder.send(.text(200, "page")) }
        router.on("GET", "/pages/own") { _, responder in responder.send(.text(200, "own")) }
        for (path, text) in [
            ("/pages/a/b", "page"), ("/pages/", "page"), ("/pages/own", "own"), ("/pages", "any"),
            ("/metrics", "got GET"),
        ] {
            let response = try Self.respond(router, "GET", path)
            #expect(String(decoding: response.body.flatMap(\.self), as: UTF8.self) == text, "\(path)")
        }
        #expect(try Self.respond(router, "POST", "/pages/a").status == 405)
        #expect(try Self.respond(router, "HEAD", "/pages/a").status == 200)
    }

    @Test func `a fallback answers only paths without a route`() throws {
        var router = Self.router
        router.fallback { request, responder in responder.send(.text(418, request.path)) }
        #expect(try Self.respond(router, "BREW", "/tea").status == 418)
        #expect(try Self.respond(router, "POST", "/metrics").status == 405)
    }

    @Test func `a handler keeps the routes of its creation`() throws {
        var router = Router()
        let handler = router.handler
        router.on("GET", "/") { _, responder in responder.send(.text(200, "late")) }
        let responses = Events<Response>()
        handler(Request(), Responder { response in responses.record(response) })
        #expect(try responses.next(within: 0).status == 404)
    }

    @Test func `delivers one response, and 500 if none was sent`() throws {
        let responses = Events<Response>()
        let outcomes = Events<ResponseOutcome>()
        do {
            let responder = Responder { response in responses.record(response) }
            responder.send(.text(200, "first"))
            responder.send(Response(status: 201, onFinish: { outcomes.record($0) }))
        }
        #expect(responses.pending.map(\.status) == [200])
        #expect(outcomes.pending == [.aborted])
        _ = Responder { response in responses.record(response) }
        #expect(responses.pending.map(\.status) == [200, 500])
    }

    @Test func `finds header fields case-insensitively and joins them`() {
        let headers = Headers([("Accept", "a"), ("X", "y"), ("ACCEPT", "b, c")])
        #expect(headers.first("accept") == "a")
        #expect(headers.all("accept") == ["a", "b, c"])
        #expect(headers.joined("accept") == "a, b, c")
        #expect(headers.joined("none") == nil)
        #expect(Request(query: [("a", "1"), ("a", "2")]).queryValue("a") == "1")
    }
}
