// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Synchronization
import TestSupport
import Testing

/// Slow clients, many clients, and clients that do not read.
@Suite(.timeLimit(.minutes(1))) struct LimitTests {
    @Test(arguments: ["GET / HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"])
    func `rejects an unfinished request with 408`(_ beginning: String) async throws {
        let change: (inout Limits) -> Void = { limits in
            limits.headerTimeout = .milliseconds(100)
            limits.bodyTimeout = .milliseconds(100)
        }
        try await withEndpoint(change, handler: echo) { _, port throws in
            let client = try RawHTTPClient(port: port)
            try client.send(beginning)
            #expect(try client.response().status == 408)
            #expect(try client.rest().isEmpty)
        }
    }

    @Test func `closes a silent client without a response`() async throws {
        let change: (inout Limits) -> Void = { limits in
            limits.headerTimeout = .milliseconds(100)
            limits.idleTimeout = .milliseconds(200)
        }
        try await withEndpoint(change, handler: echo) { _, port throws in
            #expect(try RawHTTPClient(port: port).rest().isEmpty)
            let client = try RawHTTPClient(port: port)
            #expect(try client.exchange("GET", "/").status == 200)
            let start = ContinuousClock.now
            #expect(try client.rest().isEmpty)
            #expect(start.duration(to: .now) > .milliseconds(150))
        }
    }

    @Test func `a client that does not read blocks no other client`() async throws {
        let block = [UInt8](repeating: 0x61, count: 1 << 20)
        let outcomes = Events<ResponseOutcome>()
        let handler: Handler = { request, responder in
            guard request.path == "/large" else { return responder.send(.text(200, "small")) }
            let body = ResponseBody([[UInt8]](repeating: block, count: 50))
            responder.send(Response(status: 200, body: body, onFinish: { outcomes.record($0) }))
        }
        try await withEndpoint({ $0.writeTimeout = .milliseconds(500) }, handler: handler) { _, port throws in
            let stuck = try RawHTTPClient(port: port, receiveBuffer: 4096)
            try stuck.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try stuck.head().header("content-length") == "52428800")
            let other = try RawHTTPClient(port: port)
            for _ in 0..<200 { #expect(try other.exchange("GET", "/").text == "small") }
            #expect(outcomes.pending.isEmpty)
            #expect(try outcomes.next() == .aborted)
            #expect(throws: RawHTTPClient.Failure.reset) { try stuck.rest() }
        }
    }

    @Test func `sends a large body completely`() async throws {
        let body = ResponseBody((0..<16).map { [UInt8](repeating: $0, count: 1 << 20) })
        let outcomes = Events<ResponseOutcome>()
        let response = Response(status: 200, body: body, onFinish: { outcomes.record($0) })
        try await withEndpoint(handler: { $1.send(response) }) { _, port throws in
            let client = try RawHTTPClient(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.head().header("content-length") == "\(16 << 20)")
            for block in body { #expect(try client.bytes(block.count) == block) }
            #expect(try outcomes.next() == .sent)
            #expect(try client.exchange("HEAD", "/").header("content-length") == "\(16 << 20)")
        }
    }

    @Test func `evicts the connection idle for longest`() async throws {
        try await withEndpoint({ $0.connections = 2 }, handler: echo) { endpoint, port throws in
            let first = try RawHTTPClient(port: port)
            let second = try RawHTTPClient(port: port)
            #expect(try first.exchange("GET", "/1").status == 200)
            #expect(try second.exchange("GET", "/2").status == 200)
            #expect(try first.exchange("GET", "/3").status == 200)
            let third = try RawHTTPClient(port: port)
            #expect(try third.exchange("GET", "/4").status == 200)
            #expect(try second.rest().isEmpty)
            #expect(try first.exchange("GET", "/5").status == 200)
            #expect(endpoint.statistics.openConnections == 2)
            #expect(endpoint.statistics.acceptedConnections == 3)
        }
    }

    @Test func `a new client waits while all connections are busy`() async throws {
        let responders = Events<(String, Responder)>()
        let handler: Handler = { responders.record(($0.path, $1)) }
        try await withEndpoint({ $0.connections = 1 }, handler: handler) { endpoint, port throws in
            let first = try RawHTTPClient(port: port)
            try first.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n")
            let (path, responder) = try responders.next()
            #expect(path == "/first")
            let second = try RawHTTPClient(port: port)
            try second.send("GET /second HTTP/1.1\r\nHost: a\r\n\r\n")
            // A second round trip on the first connection shows that the loop has not accepted the second one.
            try first.send("GET /again HTTP/1.1\r\nHost: a\r\n\r\n")
            let (again, other) = try responders.next()
            #expect(again == "/again")
            #expect(endpoint.statistics.acceptedConnections == 1)
            responder.send(.text(200, "one"))
            other.send(.text(200, "two"))
            #expect(try first.response().text == "one")
            #expect(try first.response().text == "two")
            let (next, last) = try responders.next()
            #expect(next == "/second")
            last.send(.text(200, "three"))
            #expect(try second.response().text == "three")
            #expect(try first.rest().isEmpty)
        }
    }

    @Test func `stops reading a client that reads no responses`() async throws {
        let block = [UInt8](repeating: 0x61, count: 512 << 10)
        let handled = Events<Void>()
        let handler: Handler = { _, responder in
            handled.record(())
            responder.send(Response(status: 200, body: [block]))
        }
        try await withEndpoint(handler: handler) { endpoint, port throws in
            let client = try RawHTTPClient(port: port, receiveBuffer: 4096)
            let requests = String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 60)
            try client.send(requests)
            for _ in 0..<2 { try handled.next() }
            let other = try RawHTTPClient(port: port)
            for _ in 0..<20 { _ = try other.exchange("HEAD", "/") }
            // Besides the two waiting responses, the kernel buffers hold some: a few megabytes at most.
            #expect(endpoint.statistics.requests < 20 + 40)
            for _ in 0..<60 { #expect(try client.response().body.count == block.count) }
        }
    }

    @Test func `keeps serving when the process is out of descriptors`() async {
        await #expect(processExitsWith: .success) {
            try DescriptorShortage.run()
        }
    }
}
