// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Logging
import TestSupport
import Testing

let quietLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

@Suite(.timeLimit(.minutes(1))) struct StopTests {
    private static func endpoint(_ handler: @escaping Handler) throws -> HTTPEndpoint {
        try HTTPEndpoint(listening: [.tcp(host: "127.0.0.1", port: 0)], logger: quietLogger, handler: handler)
    }

    @Test func `completes requests in progress and accepts no new ones`() async throws {
        let responders = Events<Responder>()
        let outcomes = Events<ResponseOutcome>()
        let endpoint = try Self.endpoint { responders.record($1) }
        let port = endpoint.addresses[0].port
        let end = Task.immediate { await endpoint.run() }
        try await onThread { () throws in
            let idle = try RawHTTPClient(port: port)
            let busy = try RawHTTPClient(port: port)
            try busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let responder = try responders.next()
            endpoint.stop(grace: .seconds(30))
            endpoint.stop(grace: .seconds(60))
            #expect(try idle.rest().isEmpty)
            #expect(throws: RawHTTPClient.Failure.self) { try RawHTTPClient(port: port) }
            responder.send(Response(status: 200, body: [[0x61]], onFinish: { outcomes.record($0) }))
            let reply = try busy.response()
            #expect(reply.text == "a")
            #expect(reply.header("connection") == "close")
            #expect(try busy.rest().isEmpty)
            #expect(try outcomes.next() == .sent)
        }
        await end.value
        #expect(endpoint.statistics.openConnections == 0)
    }

    @Test func `aborts unfinished responses after the grace period`() async throws {
        let responders = Events<Responder>()
        let outcomes = Events<ResponseOutcome>()
        let endpoint = try Self.endpoint { responders.record($1) }
        let port = endpoint.addresses[0].port
        let end = Task.immediate { await endpoint.run() }
        try await onThread { () throws in
            let client = try RawHTTPClient(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let responder = try responders.next()
            let second = try responders.next()
            // This response waits behind the first one, which is missing.
            second.send(Response(status: 200, onFinish: { outcomes.record($0) }))
            endpoint.stop(grace: .milliseconds(100))
            #expect(try client.rest().isEmpty)
            #expect(try outcomes.next() == .aborted)
            responder.send(Response(status: 200, onFinish: { outcomes.record($0) }))
            #expect(try outcomes.next() == .aborted)
        }
        await end.value
        #expect(outcomes.pending.isEmpty)
        #expect(endpoint.statistics.openConnections == 0)
    }

    @Test func `run() returns at once after an early stop`() async throws {
        let endpoint = try Self.endpoint(echo)
        endpoint.stop(grace: .seconds(60))
        await endpoint.run()
        await endpoint.run()
    }

    @Test func `cancelling the task stops without grace`() async throws {
        let responders = Events<Responder>()
        let endpoint = try Self.endpoint { responders.record($1) }
        let port = endpoint.addresses[0].port
        async let isClosed = onThread {
            let client = try RawHTTPClient(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            return try client.rest().isEmpty
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addImmediateTask { await endpoint.run() }
            let responder = try await onThread { try responders.next() }
            group.cancelAll()
            try await group.waitForAll()
            responder.send(.text(200, "late"))
        }
        #expect(try await isClosed)
        #expect(endpoint.statistics.openConnections == 0)
    }

    @Test func `all callers of run() return at the end`() async throws {
        let endpoint = try Self.endpoint(echo)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { await endpoint.run() } }
            group.addTask { endpoint.stop(grace: .zero) }
        }
        await endpoint.run()
    }

    @Test func `releases the port when it ends`() async throws {
        let endpoint = try Self.endpoint(echo)
        let port = endpoint.addresses[0].port
        let end = Task.immediate { await endpoint.run() }
        try await onThread { () throws in
            #expect(try RawHTTPClient(port: port).exchange("GET", "/").status == 200)
        }
        endpoint.stop(grace: .seconds(5))
        await end.value
        let next = try HTTPEndpoint(
            listening: [.tcp(host: "127.0.0.1", port: port)],
            logger: quietLogger,
            handler: echo
        )
        #expect(next.addresses[0].port == port)
    }
}
