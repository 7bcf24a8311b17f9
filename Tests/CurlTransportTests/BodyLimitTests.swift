// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct BodyLimitTests {
    private static let limit = 1000

    private func expectTooLarge(_ server: ScriptedServer, sourceLocation: SourceLocation = #_sourceLocation)
        async
    {
        let error = await makeTransport().failure(of: server.url("/big?x"), bodyLimit: Self.limit)
        #expect(error?.reason == .tooLarge, sourceLocation: sourceLocation)
        #expect(
            error?.description == "GET \(server.url("/big")): the body is larger than 1000 bytes",
            sourceLocation: sourceLocation
        )
    }

    @Test func `accepts a body as large as the limit`() async throws {
        let body = [UInt8](repeating: 0x61, count: Self.limit)
        let server = try ScriptedServer { connection in
            if connection.readRequest() != nil { connection.answer(body: body) }
        }
        #expect(try await makeTransport().get(server.url(), bodyLimit: Self.limit).body == body)
    }

    @Test func `rejects a Content-Length over the limit before the body arrives`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
            connection.waitForEnd()
        }
        await expectTooLarge(server)
    }

    @Test func `rejects a Content-Length that overflows`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n")
            connection.waitForEnd()
        }
        await expectTooLarge(server)
    }

    @Test func `rejects chunks over the limit`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while connection.send("a\r\n0123456789\r\n") {}
        }
        await expectTooLarge(server)
    }

    @Test func `rejects an endless body without a length`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while connection.send([UInt8](repeating: 0x61, count: 4096)) {}
        }
        await expectTooLarge(server)
    }

    @Test func `applies the limit to the decompressed body`() async throws {
        let bomb = try await Gzip.compress(outputOf: "head -c 500000 /dev/zero")
        try #require(bomb.count < Self.limit)
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer(fields: ["Content-Encoding: gzip"], body: bomb)
        }
        await expectTooLarge(server)
    }

    @Test(arguments: [0, -1, Int.min])
    func `accepts only an empty body if the limit is zero or less`(limit: Int) async throws {
        let server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                connection.answer(body: request.hasPrefix("GET /empty") ? [] : [0x61])
            }
        }
        let transport = makeTransport()
        #expect(await transport.failure(of: server.url("/one"), bodyLimit: limit)?.reason == .tooLarge)
        #expect(try await transport.get(server.url("/empty"), bodyLimit: limit).body.isEmpty)
    }

    @Test func `rejects an endless header`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\n")
            while connection.send("X-Filler: \(String(repeating: "f", count: 500))\r\n") {}
        }
        let error = await makeTransport().failure(of: server.url())
        #expect(error?.reason == .tooLarge)
        #expect(error?.description == "GET \(server.url()): the header is larger than 65536 bytes")
    }

    @Test func `rejects an endless header line`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nX-Filler: ")
            while connection.send([UInt8](repeating: 0x66, count: 4096)) {}
        }
        #expect(await makeTransport().failure(of: server.url())?.reason == .tooLarge)
    }

    @Test func `rejects endless interim responses`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            while connection.send("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n") {}
        }
        #expect(await makeTransport().failure(of: server.url())?.reason == .tooLarge)
    }
}
