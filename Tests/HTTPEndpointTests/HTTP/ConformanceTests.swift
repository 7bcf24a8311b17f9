// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import TestSupport
import Testing

/// Requirements of RFC 9110 and RFC 9112, over real sockets.
@Suite(.timeLimit(.minutes(1))) struct ConformanceTests {
    @Test func `sends a response with length and date`() async throws {
        try await withEndpoint(handler: echo) { endpoint, port throws in
            let reply = try RawHTTPClient(port: port).exchange("GET", "/a%20b?c=d+e")
            #expect(reply.status == 200)
            #expect(reply.text == "GET /a b?c=d e ")
            #expect(reply.header("content-length") == "\(reply.body.count)")
            #expect(reply.header("content-type") == "text/plain; charset=utf-8")
            #expect(reply.header("connection") == nil)
            let date = try #require(reply.header("date"))
            #expect(date.hasSuffix(" GMT") && date.utf8.count == 29)
            #expect(endpoint.statistics.acceptedConnections == 1)
            #expect(endpoint.statistics.requests == 1)
        }
    }

    @Test func `keeps a connection for many requests`() async throws {
        try await withEndpoint(handler: echo) { endpoint, port throws in
            let client = try RawHTTPClient(port: port)
            for index in 0..<20 { #expect(try client.exchange("GET", "/\(index)").text == "GET /\(index)? ") }
            #expect(endpoint.statistics.acceptedConnections == 1)
            #expect(endpoint.statistics.requests == 20)
        }
    }

    @Test func `answers fifty pipelined requests in order`() async throws {
        try await withEndpoint(handler: echo) { endpoint, port throws in
            let client = try RawHTTPClient(port: port)
            try client.send((0..<50).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            for index in 0..<50 { #expect(try client.response().text == "GET /\(index)? ") }
            #expect(endpoint.statistics.requests == 50)
        }
    }

    @Test func `sends responses given in reverse in request order`() async throws {
        let responders = Events<(String, Responder)>()
        let handler: Handler = { responders.record(($0.path, $1)) }
        try await withEndpoint({ $0.pipelinedRequests = 16 }, handler: handler) { _, port throws in
            let client = try RawHTTPClient(port: port)
            try client.send((0..<16).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            var waiting: [(String, Responder)] = []
            for _ in 0..<16 { waiting.append(try responders.next()) }
            for (path, responder) in waiting.reversed() { responder.send(.text(200, path)) }
            for index in 0..<16 { #expect(try client.response().text == "/\(index)") }
        }
    }

    @Test(
        arguments: [
            ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close"),
            ("GET / HTTP/1.0\r\n\r\n", "close"),
            ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive"),
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", nil),
        ] as [(String, String?)]
    )
    func `closes or keeps the connection as requested`(_ text: String, _ connection: String?)
        async throws
    {
        try await withEndpoint(handler: echo) { _, port throws in
            let client = try RawHTTPClient(port: port)
            try client.send(text)
            #expect(try client.response().header("connection") == connection)
            if connection == "close" {
                #expect(try client.rest().isEmpty)
            } else {
                #expect(try client.exchange("GET", "/").status == 200)
            }
        }
    }

    @Test(arguments: [
        (400, "nonsense\r\n\r\n"),
        (400, "GET / HTTP/1.1\r\n\r\n"),
        (400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        (400, "GET / HTTP/1.1\r\nHost: a\r\nBad name: b\r\n\r\n"),
        (400, "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n folded\r\n\r\n"),
        (400, "GET / HTTP/1.1\nHost: a\n\n"),
        (400, "GET / HTTP/1.1\r\nHost: a\r\nA: \u{0}\r\n\r\n"),
        (400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        (
            400,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        (413, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n"),
        (414, "GET /\(String(repeating: "a", count: 8192)) HTTP/1.1\r\nHost: a\r\n\r\n"),
        (417, "POST / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\n"),
        (431, "GET / HTTP/1.1\r\nHost: a\r\nA: \(String(repeating: "a", count: 17000))\r\n\r\n"),
        (431, "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "A: b\r\n", count: 100))\r\n"),
        (501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
        (505, "GET / HTTP/3.0\r\nHost: a\r\n\r\n"),
    ])
    func `rejects a malformed request and closes cleanly`(_ status: Int, _ text: String)
        async throws
    {
        try await withEndpoint(handler: echo) { endpoint, port throws in
            let client = try RawHTTPClient(port: port)
            // Input after a rejected request must not be parsed, nor make the kernel send RST.
            try client.send(text + String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 10))
            let reply = try client.response()
            #expect(reply.status == status)
            #expect(reply.header("connection") == "close")
            #expect(reply.text.hasSuffix("."))
            #expect(try client.rest().isEmpty)
            #expect(endpoint.statistics.requests == 0)
        }
    }

    @Test func `a client can read 413 while it still sends`() async throws {
        try await withEndpoint(handler: echo) { _, port throws in
            let client = try RawHTTPClient(port: port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 800000\r\n\r\n")
            for _ in 0..<8 { try client.send([UInt8](repeating: 0x61, count: 100_000)) }
            #expect(try client.response().status == 413)
            #expect(try client.rest().isEmpty)
        }
    }

    @Test func `reads sized and chunked bodies`() async throws {
        try await withEndpoint(handler: echo) { _, port throws in
            let client = try RawHTTPClient(port: port)
            try client.send("POST /s HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nsized")
            #expect(try client.response().text == "POST /s? sized")
            try client.send(
                "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nchu\r\n4;x=y\r\nnked\r\n0\r\nT: x\r\n\r\n"
            )
            #expect(try client.response().text == "POST /c? chunked")
            let large = String(repeating: "x", count: 65536)
            try client.send("POST /l HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n\(large)")
            #expect(try client.response().text == "POST /l? \(large)")
        }
    }

    @Test func `sends 100 and then reads the body`() async throws {
        try await withEndpoint(handler: echo) { _, port throws in
            let client = try RawHTTPClient(port: port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
            let interim = try client.response()
            #expect(interim.status == 100)
            #expect(interim.headers.isEmpty)
            try client.send("body")
            #expect(try client.response().text == "POST /? body")
            #expect(try client.exchange("GET", "/").status == 200)
        }
    }

    @Test func `HEAD sends the length of the GET body`() async throws {
        var router = Router()
        router.on("GET", "/page") { _, responder in responder.send(.text(200, "content")) }
        try await withEndpoint(handler: router.handler) { _, port throws in
            let client = try RawHTTPClient(port: port)
            let head = try client.exchange("HEAD", "/page")
            let get = try client.exchange("GET", "/page")
            #expect(head.header("content-length") == "7")
            #expect(get.text == "content")
            let refusal = try client.exchange("DELETE", "/page")
            #expect(refusal.status == 405)
            #expect(refusal.header("allow") == "GET, HEAD, OPTIONS")
            #expect(try client.exchange("BREW", "/page").status == 501)
            #expect(try client.exchange("OPTIONS", "/page").status == 204)
            #expect(try client.exchange("GET", "/none").status == 404)
        }
    }

    @Test func `an absolute-form target replaces the Host field`() async throws {
        let handler: Handler = { $1.send(.text(200, "\($0.headers.first("host") ?? "") \($0.path)")) }
        try await withEndpoint(handler: handler) { _, port throws in
            let reply = try RawHTTPClient(port: port).exchange("GET", "http://other:1/p")
            #expect(reply.text == "other:1 /p")
        }
    }

    @Test func `answers a client that has shut down its sending side`() async throws {
        let responders = Events<Responder>()
        try await withEndpoint(handler: { responders.record($1) }) { _, port throws in
            let client = try RawHTTPClient(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            client.endSending()
            try responders.next().send(.text(200, "still"))
            let reply = try client.response()
            #expect(reply.text == "still")
            #expect(try client.rest().isEmpty)
        }
    }

    @Test func `a request contains the client's address`() async throws {
        try await withEndpoint(handler: { $1.send(.text(200, $0.peer)) }) { _, port throws in
            let peer = try RawHTTPClient(port: port).exchange("GET", "/").text
            #expect(peer.hasPrefix("127.0.0.1:"))
        }
    }

    @Test func `serves IPv4 without a host`() async throws {
        let endpoint = try HTTPEndpoint(
            listening: [.tcp(host: nil, port: 0)],
            logger: quietLogger,
            handler: { $1.send(.text(200, $0.peer)) }
        )
        let address = endpoint.addresses[0]
        #expect(["[::]:\(address.port)", "0.0.0.0:\(address.port)"].contains(address.description))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addImmediateTask { await endpoint.run() }
            let peer = try await onThread { try RawHTTPClient(port: address.port).exchange("GET", "/").text }
            #expect(peer.hasPrefix("127.0.0.1:"))
            endpoint.stop(grace: .zero)
        }
    }
}
