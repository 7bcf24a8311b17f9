// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Glibc
import HTTPTransport
import TestSupport
import Testing

/// What a server may say that is a response.
@Suite(.timeLimit(.minutes(1)))
struct ExchangeTests {
    private static let hello = Array(#"{"success":true}"#.utf8)

    @Test func `a response arrives whole, with its status, its fields and its body`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer(
                fields: ["Content-Type: application/json", "X-Odd:   spaced \t", "X-Twice: 1", "x-TWICE: 2"],
                body: Self.hello
            )
        }
        let response = try await makeTransport().get(server.url("/a/b?c=d"))
        #expect(response.status == 200)
        #expect(response.body == Self.hello)
        #expect(response.header("content-type") == "application/json")
        #expect(response.header("x-odd") == "spaced")
        #expect(response.header("x-twice") == "1, 2")
        #expect(response.header("absent") == nil)
        #expect(response.retryAfter == nil)
    }

    @Test func `the request names the agent, the host, the token and what can be decompressed`() async throws
    {
        let server = try ScriptedServer { connection in
            if connection.readRequest() != nil { connection.answer() }
        }
        _ = try await makeTransport().get(server.url("/a/../b%2Fc?d=%20"))
        let lines = try #require(server.requests.first).split(separator: "\r\n").map(String.init)
        #expect(lines.first == "GET /a/../b%2Fc?d=%20 HTTP/1.1")
        #expect(lines.contains("User-Agent: curl-transport-tests/1.0"))
        #expect(lines.contains("Host: 127.0.0.1:\(server.port)"))
        #expect(lines.contains("Authorization: Bearer \(secret)"))
        let encodings = try #require(lines.first { $0.hasPrefix("Accept-Encoding: ") })
        #expect(encodings.contains("gzip"))
    }

    @Test func `a request without a credential names none`() async throws {
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil { connection.answer() }
        }
        let transport = makeTransport()
        _ = try await transport.get(server.url())
        _ = try await transport.send(HTTPRequest(url: server.url()))
        #expect(server.requests.map { $0.contains("Authorization") } == [true, false])
    }

    @Test func `a user agent of two lines is sent as one`() async throws {
        let server = try ScriptedServer { connection in
            if connection.readRequest() != nil { connection.answer() }
        }
        let transport = CurlTransport(userAgent: "a\r\nX-Injected: b")
        _ = try await transport.get(server.url())
        #expect(server.requests.first?.contains("User-Agent: aX-Injected: b\r\n") == true)
    }

    @Test func `one connection serves one request after another`() async throws {
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil { connection.answer(body: Self.hello) }
        }
        let transport = makeTransport()
        for _ in 0..<50 { #expect(try await transport.get(server.url()).body == Self.hello) }
        #expect(server.acceptedConnections == 1)
        #expect(server.requests.count == 50)
    }

    @Test func `a connection that the server closed meanwhile is made anew`() async throws {
        let server = try ScriptedServer { connection in
            if connection.readRequest() != nil { connection.answer() }
        }
        let transport = makeTransport()
        for _ in 0..<10 { #expect(try await transport.get(server.url()).status == 200) }
        #expect(server.acceptedConnections == 10)
    }

    @Test func `two hundred requests at once share the connections that are allowed`() async throws {
        let server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                connection.answer(body: Array(request.utf8.prefix { $0 != 0x0d }))
            }
        }
        let transport = makeTransport(connectionsPerHost: 8)
        let bodies = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<200 {
                group.addTask {
                    String(decoding: try await transport.get(server.url("/\(number)")).body, as: UTF8.self)
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(bodies == Set((0..<200).map { "GET /\($0) HTTP/1.1" }))
        #expect((1...8).contains(server.acceptedConnections))
    }

    @Test func `sixty-four requests are in flight at once where as many connections are allowed`()
        async throws
    {
        let gate = Gate(expected: 64)
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil {
                gate.pass()
                connection.answer()
            }
        }
        let transport = makeTransport(connectionsPerHost: 64)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<64 { group.addTask { try await transport.get(server.url()).status } }
            for try await status in group { #expect(status == 200) }
        }
        #expect(server.acceptedConnections == 64)
    }

    @Test func `waiting for a connection is not connecting`() async throws {
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil {
                usleep(100_000)
                connection.answer()
            }
        }
        let transport = makeTransport(connectTimeout: .milliseconds(150), connectionsPerHost: 1)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 { group.addTask { try await transport.get(server.url()).status } }
            for try await status in group { #expect(status == 200) }
        }
        #expect(server.acceptedConnections == 1)
    }

    @Test func `chunks are joined and trailers are no header fields`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Head: yes\r\n\r\n")
            for piece in ["3\r\nabc\r\n", "1\r\nd\r\n", "0\r\nX-Trailer: no\r\n\r\n"] {
                connection.send(piece)
            }
        }
        let response = try await makeTransport().get(server.url())
        #expect(response.body == Array("abcd".utf8))
        #expect(response.header("x-head") == "yes")
        #expect(response.header("x-trailer") == nil)
    }

    @Test func `a body without a length ends with its connection`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.0 200 OK\r\n\r\nabc")
        }
        #expect(try await makeTransport().get(server.url()).body == Array("abc".utf8))
    }

    @Test func `a compressed body is decompressed`() async throws {
        let text = Array((1...9999).map { "\($0)\n" }.joined().utf8)
        let compressed = try await Gzip.compress(outputOf: "seq 9999")
        try #require(compressed.count < text.count)
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer(fields: ["Content-Encoding: gzip"], body: compressed)
        }
        #expect(try await makeTransport().get(server.url()).body == text)
    }

    @Test func `a header that arrives byte by byte is a header`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            for byte in "HTTP/1.1 204 No Content\r\nX-Slow: yes\r\n\r\n".utf8 { connection.send([byte]) }
        }
        let response = try await makeTransport().get(server.url())
        #expect(response.status == 204)
        #expect(response.header("x-slow") == "yes")
        #expect(response.body.isEmpty)
    }

    @Test func `interim responses are passed over, with their fields`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 100 Continue\r\n\r\n")
            connection.send("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\nRetry-After: 9\r\n\r\n")
            connection.send("HTTP/1.1 103 Early Hints\r\nLink: </script.js>\r\n\r\n")
            connection.answer(fields: ["X-Final: yes"], body: Self.hello)
        }
        let response = try await makeTransport().get(server.url())
        #expect(response.status == 200)
        #expect(response.headers.map(\.name) == ["x-final", "content-length"])
        #expect(response.body == Self.hello)
        #expect(response.retryAfter == nil)
    }

    @Test func `a folded field is one field`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer(fields: ["X-Folded: one", "  two"])
        }
        #expect(try await makeTransport().get(server.url()).header("x-folded") == "one two")
    }

    @Test(arguments: [301, 302, 307, 308])
    func `a redirect is returned and not followed`(status: Int) async throws {
        let elsewhere = try ScriptedServer { connection in
            if connection.readRequest() != nil { connection.answer() }
        }
        let target = elsewhere.url("/stolen")
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer("\(status) Moved", fields: ["Location: \(target)"])
        }
        let response = try await makeTransport().get(server.url())
        #expect(response.status == status)
        #expect(response.header("location") == target)
        #expect(elsewhere.acceptedConnections == 0)
    }

    @Test(arguments: [400, 401, 403, 404, 429, 500, 502, 520])
    func `an error of HTTP is a response`(status: Int) async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer("\(status) Error", body: Self.hello)
        }
        let response = try await makeTransport().get(server.url())
        #expect(response.status == status)
        #expect(response.body == Self.hello)
    }

    @Test func `a request may name this machine in any way`() async throws {
        let server = try ScriptedServer { connection in
            if connection.readRequest() != nil { connection.answer() }
        }
        let transport = makeTransport()
        for host in ["127.0.0.1", "localhost", "LOCALHOST", "127.1", "0x7f.0.0.1", "127.0.0.9"] {
            // The listener is on 127.0.0.1 only: the last one is let through, and refused by the system.
            let url = "http://\(host):\(server.port)/"
            if host == "127.0.0.9" {
                #expect(await transport.failure(of: url)?.reason == .connect)
            } else {
                #expect(try await transport.get(url).status == 200, "\(host)")
            }
        }
    }
}
