// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Glibc
import HTTPTransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ShutdownTests {
    @Test func `shutdown cancels active, pending and later requests`() async throws {
        let stalled = try StalledServer()
        let transport = makeTransport(connectionsPerHost: 1)
        let url = stalled.server.url()
        let tasks = (0..<100).map { _ in Task { try await transport.get(url) } }
        var events = stalled.events.makeAsyncIterator()
        #expect(await events.next() == .request)
        transport.shutdown()
        for task in tasks {
            let error = await #expect(throws: TransportError.self) { try await task.value }
            #expect(error == TransportError(.cancelled, "the transport has been shut down"))
        }
        #expect(await events.next() == .end)
        await transport.waitUntilClosed()
        #expect(await transport.failure(of: url)?.reason == .cancelled)
        transport.shutdown()
        await transport.waitUntilClosed()
    }

    @Test func `releasing the last reference closes the connections`() async throws {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil { connection.answer() }
            end.yield()
        }
        var transport: CurlTransport? = makeTransport()
        #expect(try await transport?.get(server.url()).status == 200)
        transport = nil
        for await _ in ends.prefix(1) {}
        #expect(transport == nil)
    }

    @Test func `writing to a closed connection does not end the process`() async {
        await #expect(processExitsWith: .success) {
            _ = makeTransport()
            // The kernel sends this signal to the writing thread.
            raise(SIGPIPE)
        }
    }
}
