// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import TestSupport
import Testing

/// Misbehaviour on demand, over real sockets, and that every ending is told exactly once.
@Suite(.timeLimit(.minutes(1))) struct DeliveryTests {
    private static let body: ResponseBody = [Array("0123456789".utf8), Array("abcdefghij".utf8)]

    /// Serves one response to every request, and records how each ended.
    private static func serve(
        _ delivery: Delivery,
        body: ResponseBody = body,
        _ change: (inout Limits) -> Void = { _ in },
        _ test: @escaping @Sendable (RawHTTPClient, Events<ResponseOutcome>) throws -> Void
    ) async throws {
        let outcomes = Events<ResponseOutcome>()
        let response = Response(
            status: 200,
            body: body,
            delivery: delivery,
            onFinish: { outcomes.record($0) }
        )
        try await withEndpoint(change, handler: { $1.send(response) }) { endpoint, port throws in
            let client = try RawHTTPClient(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            try test(client, outcomes)
        }
        // The endpoint has ended: nothing can be told any more.
        #expect(outcomes.pending.isEmpty)
    }

    @Test func `a whole response is sent`() async throws {
        try await Self.serve(.whole) { client, outcomes throws in
            #expect(try client.response().text == "0123456789abcdefghij")
            #expect(try outcomes.next() == .sent)
        }
    }

    @Test func `a reset is a reset`() async throws {
        try await Self.serve(.reset) { client, outcomes throws in
            #expect(throws: RawHTTPClient.Failure.reset) { try client.response() }
            #expect(try outcomes.next() == .aborted)
        }
    }

    @Test func `a truncated response ends early`() async throws {
        try await Self.serve(.truncated(after: 13)) { client, outcomes throws in
            #expect(try client.head().header("content-length") == "20")
            #expect(try client.rest() == Array("0123456789abc".utf8))
            #expect(try outcomes.next() == .aborted)
        }
    }

    @Test func `a stalled response waits for the client to go`() async throws {
        let outcomes = Events<ResponseOutcome>()
        let response = Response(
            status: 200,
            body: Self.body,
            delivery: .stalled(after: 5),
            onFinish: { outcomes.record($0) }
        )
        try await withEndpoint(handler: { $1.send(response) }) { _, port throws in
            do {
                let client = try RawHTTPClient(port: port)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try client.head()
                #expect(try client.bytes(5) == Array("01234".utf8))
                #expect(outcomes.pending.isEmpty)
            }
            #expect(try outcomes.next() == .aborted)
        }
    }

    @Test func `a stalled response waits no longer than the deadline`() async throws {
        try await Self.serve(.stalled(after: 5), { $0.writeTimeout = .milliseconds(200) }) {
            client,
            outcomes in
            _ = try client.head()
            #expect(try client.rest() == Array("01234".utf8))
            #expect(try outcomes.next() == .aborted)
        }
    }

    @Test func `a paced response takes its time, however short the deadline for a standstill`() async throws {
        let body: ResponseBody = [[UInt8](repeating: 0x61, count: 4000)]
        try await Self.serve(
            .paced(bytesPerSecond: 10_000),
            body: body,
            { $0.writeTimeout = .milliseconds(200) }
        ) { client, outcomes throws in
            let start = ContinuousClock.now
            #expect(try client.response().body == body[0])
            #expect(start.duration(to: .now) > .milliseconds(350))
            #expect(try outcomes.next() == .sent)
        }
    }

    @Test func `an endless response ends when the client goes`() async throws {
        let outcomes = Events<ResponseOutcome>()
        let response = Response(
            status: 200,
            body: Self.body,
            delivery: .endless,
            onFinish: { outcomes.record($0) }
        )
        try await withEndpoint(handler: { $1.send(response) }) { _, port throws in
            do {
                let client = try RawHTTPClient(port: port)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.head().header("transfer-encoding") == "chunked")
                let chunk = Array("14\r\n0123456789abcdefghij\r\n".utf8)
                for _ in 0..<10_000 { #expect(try client.bytes(chunk.count) == chunk) }
            }
            #expect(try outcomes.next() == .aborted)
        }
    }

    @Test func `an endless response ends when its time is over`() async throws {
        try await Self.serve(.endless, { $0.endlessTimeout = .milliseconds(100) }) {
            client,
            outcomes throws in
            #expect(try client.head().header("transfer-encoding") == "chunked")
            #expect(try !client.rest().isEmpty)
            #expect(try outcomes.next() == .aborted)
        }
    }
}
