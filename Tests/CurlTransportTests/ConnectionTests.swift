// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Glibc
import HTTPTransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ConnectionTests {
    private static let json = Array(#"{"success":true}"#.utf8)

    @Test func `reuses one connection for successive requests`() async throws {
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil { connection.answer(body: Self.json) }
        }
        let transport = makeTransport()
        for _ in 0..<50 { #expect(try await transport.get(server.url()).body == Self.json) }
        #expect(server.acceptedConnections == 1)
        #expect(server.requests.count == 50)
    }

    @Test func `reconnects after the server has closed the connection`() async throws {
        let server = try ScriptedServer { connection in
            if connection.readRequest() != nil { connection.answer() }
        }
        let transport = makeTransport()
        for _ in 0..<10 { #expect(try await transport.get(server.url()).status == 200) }
        #expect(server.acceptedConnections == 10)
    }

    @Test func `two hundred concurrent requests share the allowed connections`() async throws {
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

    @Test func `sends 64 requests at the same time if as many connections are allowed`()
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

    @Test func `the connect timeout excludes the wait for a free connection`() async throws {
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
}
