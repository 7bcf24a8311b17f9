// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ResponseTests {
    private static let json = Array(#"{"success":true}"#.utf8)

    @Test func `returns status, header fields and body`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer(
                fields: ["Content-Type: application/json", "X-Odd:   spaced \t", "X-Twice: 1", "x-TWICE: 2"],
                body: Self.json
            )
        }
        let response = try await makeTransport().get(server.url("/a/b?c=d"))
        #expect(response.status == 200)
        #expect(response.body == Self.json)
        #expect(response.header("content-type") == "application/json")
        #expect(response.header("x-odd") == "spaced")
        #expect(response.header("x-twice") == "1, 2")
        #expect(response.header("absent") == nil)
        #expect(response.retryAfter == nil)
    }

    @Test func `joins chunks and ignores trailers`() async throws {
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

    @Test func `a body without a length ends with the connection`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.0 200 OK\r\n\r\nabc")
        }
        #expect(try await makeTransport().get(server.url()).body == Array("abc".utf8))
    }

    @Test func `decompresses the body`() async throws {
        let text = Array((1...9999).map { "\($0)\n" }.joined().utf8)
        let compressed = try await Gzip.compress(outputOf: "seq 9999")
        try #require(compressed.count < text.count)
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer(fields: ["Content-Encoding: gzip"], body: compressed)
        }
        #expect(try await makeTransport().get(server.url()).body == text)
    }

    @Test func `accepts a header that arrives byte by byte`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            for byte in "HTTP/1.1 204 No Content\r\nX-Slow: yes\r\n\r\n".utf8 { connection.send([byte]) }
        }
        let response = try await makeTransport().get(server.url())
        #expect(response.status == 204)
        #expect(response.header("x-slow") == "yes")
        #expect(response.body.isEmpty)
    }

    @Test func `ignores interim responses and their fields`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 100 Continue\r\n\r\n")
            connection.send("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\nRetry-After: 9\r\n\r\n")
            connection.send("HTTP/1.1 103 Early Hints\r\nLink: </script.js>\r\n\r\n")
            connection.answer(fields: ["X-Final: yes"], body: Self.json)
        }
        let response = try await makeTransport().get(server.url())
        #expect(response.status == 200)
        #expect(response.headers.map(\.name) == ["x-final", "content-length"])
        #expect(response.body == Self.json)
        #expect(response.retryAfter == nil)
    }

    @Test func `joins a folded field`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer(fields: ["X-Folded: one", "  two"])
        }
        #expect(try await makeTransport().get(server.url()).header("x-folded") == "one two")
    }

    @Test(arguments: [301, 302, 307, 308])
    func `returns a redirect without following it`(status: Int) async throws {
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
    func `returns HTTP errors as responses`(status: Int) async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer("\(status) Error", body: Self.json)
        }
        let response = try await makeTransport().get(server.url())
        #expect(response.status == status)
        #expect(response.body == Self.json)
    }
}
