// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import TestSupport
import Testing

/// Many clients that wait in the backlog at the same time.
@Suite(.timeLimit(.minutes(1))) struct BacklogTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Runs a closure while the endpoint thread is blocked, so that new clients wait in the backlog.
    ///
    /// - Parameters:
    ///   - connect: receives the port, and returns the clients to check.
    ///   - check: receives the clients and the endpoint after the thread continues.
    /// - Throws: the errors of the closures.
    private static func withBacklog(
        _ connect: @escaping @Sendable (Int) throws -> [RawHTTPClient],
        check: @escaping @Sendable ([RawHTTPClient], HTTPEndpoint) throws -> Void
    ) async throws {
        let (gate, inside) = (Gate(), Events<Void>())
        let handler: Handler = { request, responder in
            if request.path == "/hold" {
                inside.record(())
                gate.pass()
            }
            responder.send(.text(200, request.path))
        }
        try await withEndpoint(handler: handler) { endpoint, port throws in
            defer { gate.open() }
            let holder = try RawHTTPClient(port: port)
            try holder.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n")
            try inside.next()
            let clients = try connect(port)
            gate.open()
            try check(clients, endpoint)
        }
    }

    @Test func `drops disconnected clients of a long backlog`() async throws {
        try await Self.withBacklog { port throws in
            for _ in 0..<300 { try RawHTTPClient(port: port).send(Self.get) }
            let client = try RawHTTPClient(port: port)
            try client.send(Self.get)
            return [client]
        } check: { clients, endpoint throws in
            #expect(try clients[0].response().status == 200)
            // The first is the client that blocks the thread. The last is the one that is still connected.
            #expect(endpoint.statistics.acceptedConnections == 1 + 16 + 1)
            #expect(endpoint.statistics.requests <= 1 + 16 + 1)
        }
    }

    @Test func `responds to all connected clients of a long backlog`() async throws {
        try await Self.withBacklog { port throws in
            try (0..<100).map { _ throws in
                try RawHTTPClient(port: port).send(Self.get)
                let client = try RawHTTPClient(port: port)
                try client.send(Self.get)
                return client
            }
        } check: { clients, endpoint throws in
            for client in clients { #expect(try client.response().status == 200) }
        }
    }

    @Test func `responds to clients of a short backlog that shut down their sending side`() async throws {
        try await Self.withBacklog { port throws in
            try (0..<16).map { _ throws in
                let client = try RawHTTPClient(port: port)
                try client.send(Self.get)
                client.endSending()
                return client
            }
        } check: { clients, endpoint throws in
            for client in clients { #expect(try client.response().status == 200) }
        }
    }
}
