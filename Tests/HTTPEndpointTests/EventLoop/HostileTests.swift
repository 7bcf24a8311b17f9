// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPEndpoint
import TestSupport
import Testing

/// Clients that try to block others.
///
/// A scrape is always answered.
///
/// `Tests/Benchmarks/hostile.py` measures the cost in time and memory.
@Suite(.timeLimit(.minutes(2)), .serialized) struct HostileTests {
    private static let page = [UInt8](repeating: 0x61, count: 100_000)

    private static let scrape: Handler = { _, responder in
        responder.send(Response(status: 200, body: [page]))
    }

    /// Raises the limit of open files for the sockets of the clients and the endpoint.
    private static func allowDescriptors(_ count: Int) throws {
        var limit = rlimit()
        _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = max(limit.rlim_cur, min(rlim_t(count), limit.rlim_max))
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        try #require(limit.rlim_cur >= rlim_t(count), "this process may not open \(count) files")
    }

    @Test func `clients that send one byte do not block a scrape`() async throws {
        try Self.allowDescriptors(2600)
        // More clients than the limit of connections: the oldest are evicted, because none makes progress.
        let change: (inout Limits) -> Void = { limits in
            limits.connections = 600
            limits.stallTimeout = .milliseconds(1)
        }
        try await withEndpoint(change, handler: Self.scrape) { endpoint, port throws in
            var silent: [RawHTTPClient] = []
            for _ in 0..<900 {
                let client = try RawHTTPClient(port: port)
                try client.send("G")
                silent.append(client)
                if silent.count % 90 == 0 {
                    #expect(try RawHTTPClient(port: port).exchange("GET", "/").body.count == Self.page.count)
                }
            }
            #expect(endpoint.statistics.openConnections <= 600)
            #expect(endpoint.statistics.requests == 10)
        }
    }

    @Test func `does not evict a client whose request is in progress`() async throws {
        let change: (inout Limits) -> Void = { limits in
            limits.connections = 2
            limits.stallTimeout = .seconds(30)
        }
        try await withEndpoint(change, handler: Self.scrape) { _, port throws in
            let slow = try RawHTTPClient(port: port)
            try slow.send("GET / HTTP/1.1\r\nHo")
            let idle = try RawHTTPClient(port: port)
            _ = try idle.exchange("GET", "/")
            let new = try RawHTTPClient(port: port)
            #expect(try new.exchange("GET", "/").status == 200)
            #expect(try idle.rest().isEmpty)
            try slow.send("st: a\r\n\r\n")
            #expect(try slow.response().status == 200)
        }
    }

    @Test func `a new client waits while no request is stalled`() async throws {
        let responders = Events<Responder>()
        let change: (inout Limits) -> Void = { limits in
            limits.connections = 3
            limits.pipelinedRequests = 3
            limits.stallTimeout = .seconds(3600)
        }
        let handler: Handler = { request, responder in
            request.path == "/held" ? responders.record(responder) : Self.scrape(request, responder)
        }
        try await withEndpoint(change, handler: handler) { endpoint, port throws in
            let busy = try RawHTTPClient(port: port)
            let held = "GET /held HTTP/1.1\r\nHost: a\r\n\r\n"
            try busy.send(held)
            var waiting = [try responders.next()]
            let young = try (0..<2).map { _ in
                let client = try RawHTTPClient(port: port)
                _ = try client.exchange("HEAD", "/")
                try client.send("GET / HTTP/1.1\r\nHo")
                return client
            }
            let new = try RawHTTPClient(port: port)
            try new.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            // When the second of these is read, the iteration that has read the first is complete.
            for _ in 0..<2 {
                try busy.send(held)
                waiting.append(try responders.next())
            }
            #expect(endpoint.statistics.acceptedConnections == 3)
            for client in young { try client.send("st: a\r\n\r\n") }
            for client in young { #expect(try client.response().status == 200) }
            #expect(try new.response().status == 200)
            for responder in waiting { responder.send(.text(200, "")) }
            for _ in waiting { #expect(try busy.response().status == 200) }
        }
    }

    @Test func `evicts the connection stalled for longest`() async throws {
        let change: (inout Limits) -> Void = { limits in
            limits.connections = 2
            limits.stallTimeout = .milliseconds(200)
        }
        try await withEndpoint(change, handler: Self.scrape) { _, port throws in
            let old = try RawHTTPClient(port: port)
            try old.send("G")
            let young = try RawHTTPClient(port: port)
            _ = try young.exchange("HEAD", "/")
            try young.send("GET / HTTP/1.1\r\nHo")
            #expect(try RawHTTPClient(port: port).exchange("GET", "/").status == 200)
            #expect(try old.rest().isEmpty)
            try young.send("st: a\r\n\r\n")
            #expect(try young.response().status == 200)
        }
    }

    @Test func `clients that pipeline and read nothing do not block a scrape`() async throws {
        try await withEndpoint(handler: Self.scrape) { endpoint, port throws in
            let requests = String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 200)
            var greedy: [RawHTTPClient] = []
            for _ in 0..<50 {
                let client = try RawHTTPClient(port: port, receiveBuffer: 4096)
                try client.send(requests)
                greedy.append(client)
            }
            let scraper = try RawHTTPClient(port: port)
            for _ in 0..<50 { #expect(try scraper.exchange("GET", "/").body.count == Self.page.count) }
            // Each has at most two waiting requests, and some responses in kernel buffers.
            #expect(endpoint.statistics.requests < 50 * 120)
            #expect(endpoint.statistics.openConnections == 51)
        }
    }

    @Test func `evicts clients that read nothing at the connection limit`() async throws {
        let change: (inout Limits) -> Void = { limits in
            limits.connections = 20
            limits.stallTimeout = .milliseconds(50)
        }
        let block = [UInt8](repeating: 0x61, count: 8 << 20)
        let handler: Handler = { request, responder in
            responder.send(Response(status: 200, body: [request.path == "/" ? Self.page : block]))
        }
        try await withEndpoint(change, handler: handler) { _, port throws in
            var greedy: [RawHTTPClient] = []
            for _ in 0..<40 {
                let client = try RawHTTPClient(port: port, receiveBuffer: 4096)
                try client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
                greedy.append(client)
            }
            #expect(try RawHTTPClient(port: port).exchange("GET", "/").body.count == Self.page.count)
        }
    }

    @Test func `reports stalled responses before serving the next client`() async throws {
        let block = [UInt8](repeating: 0x61, count: 8 << 20)
        let log = Events<String>()
        let (gate, inside) = (Gate(), Events<Void>())
        let handler: Handler = { request, responder in
            let path = request.path
            guard path != "/hold" else {
                inside.record(())
                gate.pass()
                return responder.send(.text(200, ""))
            }
            log.record("GET \(path)")
            var response = Response(status: 200, body: [request.method == "HEAD" ? [] : block])
            response.onStall = { log.record("stalled \(path)") }
            responder.send(response)
        }
        try await withEndpoint({ $0.stallTimeout = .seconds(3600) }, handler: handler) { _, port throws in
            defer { gate.open() }
            let greedy = try RawHTTPClient(port: port, receiveBuffer: 4096)
            let honest = try RawHTTPClient(port: port)
            for client in [greedy, honest] { _ = try client.exchange("HEAD", "/first") }
            #expect(log.pending == ["GET /first", "GET /first"])
            // Both send while the thread is blocked, so that one iteration reads both.
            let holder = try RawHTTPClient(port: port)
            try holder.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n")
            try inside.next()
            try greedy.send(
                (1...16).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
            )
            try honest.send("GET /honest HTTP/1.1\r\nHost: a\r\n\r\n")
            gate.open()
            #expect(try honest.response().body.count == block.count)
            let expected = ["GET /1", "GET /2", "stalled /1", "stalled /2", "GET /honest"]
            #expect(log.pending.dropFirst(2) == expected[...])
        }
    }

    @Test func `reports a response that the client does not read as stalled`()
        async throws
    {
        let block = [UInt8](repeating: 0x61, count: 8 << 20)
        let log = Events<String>()
        let handler: Handler = { request, responder in
            var response = Response(status: 200, body: [block], onFinish: { log.record("\($0)") })
            response.onStall = { log.record("stalled") }
            responder.send(response)
        }
        try await withEndpoint({ $0.stallTimeout = .milliseconds(50) }, handler: handler) {
            _,
            port throws in
            let client = try RawHTTPClient(port: port, receiveBuffer: 4096)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try log.next() == "stalled")
            #expect(try client.response().body.count == block.count)
            #expect(try log.next() == "sent")
        }
    }

    @Test func `five thousand idle connections do not block a scrape`() async throws {
        try Self.allowDescriptors(7000)
        try await withEndpoint(handler: Self.scrape) { endpoint, port throws in
            var idle: [RawHTTPClient] = []
            for _ in 0..<5000 {
                let client = try RawHTTPClient(port: port)
                _ = try client.exchange("HEAD", "/")
                idle.append(client)
            }
            #expect(try RawHTTPClient(port: port).exchange("GET", "/").body.count == Self.page.count)
            #expect(endpoint.statistics.openConnections <= 1000)
            #expect(try idle[0].rest().isEmpty, "the oldest must be closed")
            #expect(try idle[4999].exchange("GET", "/").status == 200, "the newest must be open")
        }
    }

    @Test func `answers clients that shut down their sending side`() async throws {
        try await withEndpoint(handler: Self.scrape) { _, port throws in
            for _ in 0..<50 {
                let client = try RawHTTPClient(port: port)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                client.endSending()
                #expect(try client.response().body.count == Self.page.count)
                #expect(try client.rest().isEmpty)
            }
        }
    }
}
