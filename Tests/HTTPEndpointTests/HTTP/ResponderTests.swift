// SPDX-License-Identifier: Apache-2.0

import Dispatch
import HTTPEndpoint
import TestSupport
import Testing

/// Responses from other threads, late, twice or never.
@Suite(.timeLimit(.minutes(1))) struct ResponderTests {
    @Test func `accepts a response from any thread`() async throws {
        let handler: Handler = { request, responder in
            DispatchQueue.global().async { responder.send(.text(200, request.path)) }
        }
        try await withEndpoint(handler: handler) { _, port throws in
            let client = try RawHTTPClient(port: port)
            for index in 0..<200 { #expect(try client.exchange("GET", "/\(index)").text == "/\(index)") }
        }
    }

    @Test func `delivers responses of many threads to their own clients`() async throws {
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

    @Test func `responds with 500 if the handler sends no response`() async throws {
        try await withEndpoint(handler: { _, _ in }) { _, port throws in
            let client = try RawHTTPClient(port: port)
            let reply = try client.exchange("GET", "/")
            #expect(reply.status == 500)
            #expect(reply.text == "Internal error: the handler sent no response.")
            #expect(try client.exchange("GET", "/").status == 500)
        }
    }

    @Test func `sends only the first response`() async throws {
        let outcomes = Events<String>()
        let handler: Handler = { _, responder in
            responder.send(Response(status: 200, onFinish: { outcomes.record("first \($0)") }))
            responder.send(Response(status: 201, onFinish: { outcomes.record("second \($0)") }))
        }
        try await withEndpoint(handler: handler) { _, port throws in
            #expect(try RawHTTPClient(port: port).exchange("GET", "/").status == 200)
            #expect(try outcomes.next() == "second aborted")
            #expect(try outcomes.next() == "first sent")
        }
        #expect(outcomes.pending.isEmpty)
    }

    @Test func `reports the response to a disconnected client as aborted`() async throws {
        let responders = Events<Responder>()
        let outcomes = Events<ResponseOutcome>()
        try await withEndpoint({ $0.connections = 1 }, handler: { responders.record($1) }) {
            endpoint,
            port throws in
            do {
                let client = try RawHTTPClient(port: port)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
                let responder = try responders.next()
                // Closing with unread input makes the kernel send RST, so that the server detects the disconnect.
                let unread = Response(status: 200, body: [[0x61]], onFinish: { outcomes.record($0) })
                responder.send(unread)
                #expect(try outcomes.next() == .sent)
            }
            let second = try responders.next()
            let other = try RawHTTPClient(port: port)
            try other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            // With a limit of one connection, the second is served only after the first has closed.
            let third = try responders.next()
            second.send(Response(status: 200, onFinish: { outcomes.record($0) }))
            #expect(try outcomes.next() == .aborted)
            third.send(Response(status: 200, body: [[0x62]], onFinish: { outcomes.record($0) }))
            #expect(try other.response().text == "b")
            #expect(try outcomes.next() == .sent)
            #expect(endpoint.statistics.openConnections == 1)
        }
    }

    @Test func `a new handler applies to the next request`() async throws {
        try await withEndpoint(handler: { $1.send(.text(200, "old")) }) { endpoint, port throws in
            let client = try RawHTTPClient(port: port)
            #expect(try client.exchange("GET", "/").text == "old")
            endpoint.replaceHandler { $1.send(.text(200, "new")) }
            #expect(try client.exchange("GET", "/").text == "new")
        }
    }
}
