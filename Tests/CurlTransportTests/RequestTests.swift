// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RequestTests {
    @Test func `sends user agent, host, token and accepted encodings`() async throws {
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

    @Test func `sends no Authorization without a credential`() async throws {
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil { connection.answer() }
        }
        let transport = makeTransport()
        _ = try await transport.get(server.url())
        _ = try await transport.send(HTTPRequest(url: server.url(), bodyLimit: 1 << 20))
        #expect(server.requests.map { $0.contains("Authorization") } == [true, false])
    }

    @Test func `removes line breaks from the user agent`() async throws {
        let server = try ScriptedServer { connection in
            if connection.readRequest() != nil { connection.answer() }
        }
        let transport = CurlTransport(userAgent: "a\r\nX-Injected: b")
        _ = try await transport.get(server.url())
        #expect(server.requests.first?.contains("User-Agent: aX-Injected: b\r\n") == true)
    }

    @Test func `accepts every spelling of this machine's address`() async throws {
        let server = try ScriptedServer { connection in
            if connection.readRequest() != nil { connection.answer() }
        }
        let transport = makeTransport()
        for host in ["127.0.0.1", "localhost", "LOCALHOST", "127.1", "0x7f.0.0.1", "127.0.0.9"] {
            // The server listens on 127.0.0.1 only, so the kernel refuses the last one.
            let url = "http://\(host):\(server.port)/"
            if host == "127.0.0.9" {
                #expect(await transport.failure(of: url)?.reason == .connect)
            } else {
                #expect(try await transport.get(url).status == 200, "\(host)")
            }
        }
    }
}
