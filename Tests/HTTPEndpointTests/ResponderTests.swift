// SPDX-License-Identifier: Apache-2.0

import Dispatch
import HTTPEndpoint
import TestSupport
import Testing

/// Responses that come from elsewhere, later, twice or never.
@Suite(.timeLimit(.minutes(1))) struct ResponderTests {
    @Test func `a response may come from any thread`() async throws {
        let handler: Handler = { request, responder in
            DispatchQueue.global().async { responder.send(.text(200, request.path)) }
        }
        try await withEndpoint(handler: handler) { _, port throws in
            let client = try RawHTTPClient(port: port)
            for index in 0..<200 { #expect(try client.exchange("GET", "/\(index)").text == "/\(index)") }
        }
    }

    @Test func `many threads and many clients get their own responses`() async throws {
        let handler: Handler = { request, responder in
            DispatchQueue.global().async { responder.send(.text(200, request.path)) }
        }
        try await withEndpoint(handler: handler) { endpoint, port throws in
            DispatchQueue.concurrentPerform(iterations: 8) { number in
                do {
                    let client = try RawHTTPClient(port: port)
                    for index in 0..<100 {
                        #expect(
                            try client.exchange("GET", "/\(number)/\(index)").text == "/\(number)/\(index)"
                        )
                    }
                } catch {
                    Issue.record(error)
                }
            }
            #expect(endpoint.statistics.requests == 800)
        }
    }

    @Test func `a response may be held back, and holds back no other client`() async throws {
        let handler: Handler = { request, responder in
            let delay: Duration = request.path == "/slow" ? .milliseconds(300) : .zero
            responder.send(.text(200, request.path), after: delay)
        }
        try await withEndpoint(handler: handler) { _, port throws in
            let slow = try RawHTTPClient(port: port)
            let fast = try RawHTTPClient(port: port)
            let start = ContinuousClock.now
            try slow.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try fast.exchange("GET", "/fast").text == "/fast")
            #expect(try slow.response().text == "/slow")
            #expect(start.duration(to: .now) >= .milliseconds(300))
        }
    }

    @Test func `a request that is dropped is answered 500`() async throws {
        try await withEndpoint(handler: { _, _ in }) { _, port throws in
            let client = try RawHTTPClient(port: port)
            let reply = try client.exchange("GET", "/")
            #expect(reply.status == 500)
            #expect(reply.text == "The request was dropped without an answer.")
            #expect(try client.exchange("GET", "/").status == 500)
        }
    }

    @Test func `only the first response counts`() async throws {
        let finishes = Events<String>()
        let handler: Handler = { _, responder in
            responder.send(Response(status: 200, onFinish: { finishes.record("first \($0)") }))
            responder.send(Response(status: 201, onFinish: { finishes.record("second \($0)") }))
        }
        try await withEndpoint(handler: handler) { _, port throws in
            #expect(try RawHTTPClient(port: port).exchange("GET", "/").status == 200)
            #expect(try finishes.next() == "second aborted")
            #expect(try finishes.next() == "first sent")
        }
        #expect(finishes.pending.isEmpty)
    }

    @Test func `a response for a client that has gone is told so`() async throws {
        let responders = Events<Responder>()
        let finishes = Events<ResponseOutcome>()
        try await withEndpoint({ $0.connections = 1 }, handler: { responders.record($1) }) {
            endpoint,
            port throws in
            do {
                let client = try RawHTTPClient(port: port)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
                let responder = try responders.next()
                // What lies unread when it closes makes the kernel send RST: there is no doubt that it has gone.
                let unread = Response(status: 200, body: [[0x61]], onFinish: { finishes.record($0) })
                responder.send(unread)
                #expect(try finishes.next() == .sent)
            }
            let second = try responders.next()
            let other = try RawHTTPClient(port: port)
            try other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            // There is room for one connection, so the other one is served only when the first has gone.
            let third = try responders.next()
            second.send(Response(status: 200, onFinish: { finishes.record($0) }))
            #expect(try finishes.next() == .aborted)
            third.send(Response(status: 200, body: [[0x62]], onFinish: { finishes.record($0) }))
            #expect(try other.response().text == "b")
            #expect(try finishes.next() == .sent)
            #expect(endpoint.statistics.requestsInFlight == 0)
        }
    }

    @Test func `a new handler counts from the next request on`() async throws {
        try await withEndpoint(handler: { $1.send(.text(200, "old")) }) { endpoint, port throws in
            let client = try RawHTTPClient(port: port)
            #expect(try client.exchange("GET", "/").text == "old")
            endpoint.replaceHandler { $1.send(.text(200, "new")) }
            #expect(try client.exchange("GET", "/").text == "new")
        }
    }
}
