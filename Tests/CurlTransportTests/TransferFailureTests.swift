// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Glibc
import HTTPTransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TransferFailureTests {
    /// Returns a server that sends the text to the first request of a connection, and closes the connection.
    private func server(sending text: String) throws -> ScriptedServer {
        try ScriptedServer { connection in
            if connection.readRequest() != nil { connection.send(text) }
        }
    }

    @Test(
        arguments: [
            "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        ]
    )
    func `reports a truncated response as interrupted`(text: String) async throws {
        let server = try server(sending: text)
        let error = await makeTransport().failure(of: server.url("/cut?secret=1"))
        #expect(error?.reason == .interrupted)
        #expect(error?.description.hasPrefix("GET http://127.0.0.1:\(server.port)/cut: ") == true)
    }

    @Test func `reports a connection reset as interrupted`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            connection.resetAtEnd()
        }
        #expect(await makeTransport().failure(of: server.url())?.reason == .interrupted)
    }

    @Test(
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "HTTP/7.3 200 OK\r\n\r\n",
        ]
    )
    func `reports a response that is not HTTP as malformed`(text: String) async throws {
        let server = try server(sending: text)
        let error = await makeTransport().failure(of: server.url())
        #expect([.malformed, .interrupted].contains(error?.reason), "\(error?.description ?? "")")
    }

    @Test func `ends at the timeout if the server stalls within the header`() async throws {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nX-Half: ")
            connection.waitForEnd()
            end.yield()
        }
        let transport = makeTransport()
        let error = await transport.failure(of: server.url("/stall?q"), timeout: .milliseconds(200))
        #expect(error?.reason == .timeout)
        #expect(
            error?.description
                == "GET \(server.url("/stall")): no complete response within 0.2 seconds; 0 bytes of the body were received"
        )
        // The server notices the end, so the transfer's connection is closed.
        for await _ in ends.prefix(1) {}
    }

    @Test func `ends at the timeout if the server stalls within the body`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            connection.waitForEnd()
        }
        let error = await makeTransport().failure(of: server.url(), timeout: .milliseconds(200))
        #expect(error?.reason == .timeout)
        #expect(
            error?.description
                == "GET \(server.url()): no complete response within 0.2 seconds; 3 bytes of the body were received"
        )
    }

    @Test func `ends at the stall timeout, before the request's timeout`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            // libcurl averages the speed over seconds, so each byte of the body would prolong the test.
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
            connection.waitForEnd()
        }
        let clock = ContinuousClock()
        let start = clock.now
        let transport = makeTransport(stallTimeout: .seconds(1))
        #expect(await transport.failure(of: server.url(), timeout: .seconds(50))?.reason == .timeout)
        #expect(clock.now - start < .seconds(25))
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .seconds(Int64.min)])
    func `a timeout of zero or less fails at once`(timeout: Duration) async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.waitForEnd()
        }
        #expect(await makeTransport().failure(of: server.url(), timeout: timeout)?.reason == .timeout)
    }

    @Test func `accepts the longest timeouts`() async throws {
        let server = try ScriptedServer { connection in
            if connection.readRequest() != nil { connection.answer() }
        }
        let transport = makeTransport(connectTimeout: .seconds(Int64.max), stallTimeout: .seconds(Int64.max))
        let response = try await transport.get(server.url(), timeout: .seconds(Int64.max))
        #expect(response.status == 200)
    }

    @Test func `requests that wait for a connection time out like active ones`() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.waitForEnd()
        }
        let transport = makeTransport(connectionsPerHost: 2)
        let clock = ContinuousClock()
        let start = clock.now
        await withTaskGroup(of: TransportError.Reason?.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    await transport.failure(of: server.url(), timeout: .milliseconds(300))?.reason
                }
            }
            for await reason in group { #expect(reason == .timeout) }
        }
        #expect(clock.now - start < .seconds(10), "fifty pairs, one after another, would take 15 seconds")
    }

    @Test func `ends a stalled handshake at the connect timeout`() async throws {
        let server = try ScriptedServer { connection in connection.waitForEnd() }
        let transport = makeTransport(connectTimeout: .milliseconds(200))
        let error = await transport.failure(of: "https://127.0.0.1:\(server.port)/", timeout: .seconds(50))
        #expect(error?.reason == .timeout)
    }

    @Test func `reports a closed port as a connect error`() async throws {
        // A port that was free a moment ago.
        let port = try ScriptedServer { _ in }.port
        let error = await makeTransport().failure(of: "http://127.0.0.1:\(port)/x?y=z")
        #expect(error?.reason == .connect)
        #expect(error?.description.hasPrefix("GET http://127.0.0.1:\(port)/x: Failed to connect") == true)
    }

    @Test func `reports an invalid host name as a resolve error`() async throws {
        // A label of 64 bytes: rejected without a DNS query (RFC 1035, 2.3.4).
        let name = String(repeating: "a", count: 64)
        #expect(await makeTransport().failure(of: "https://\(name).invalid/")?.reason == .resolve)
    }
}
