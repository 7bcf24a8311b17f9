// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct CancellationTests {
    @Test func `cancelling the task ends the transfer at once`() async throws {
        let stalled = try StalledServer()
        let transport = makeTransport()
        let url = stalled.server.url("/x?y")
        let task = Task { try await transport.get(url) }
        var events = stalled.events.makeAsyncIterator()
        #expect(await events.next() == .request)
        task.cancel()
        let error = await #expect(throws: TransportError.self) { try await task.value }
        #expect(
            error == TransportError(.cancelled, "GET \(stalled.server.url("/x")): cancelled by the caller")
        )
        #expect(await events.next() == .end)
    }

    @Test func `a task that was cancelled before sends nothing`() async throws {
        let stalled = try StalledServer()
        let transport = makeTransport()
        let gate = AsyncStream.makeStream(of: Void.self)
        let url = stalled.server.url()
        let task = Task {
            for await _ in gate.stream {}
            return try await transport.get(url)
        }
        task.cancel()
        gate.continuation.finish()
        let error = await #expect(throws: TransportError.self) { try await task.value }
        #expect(error?.reason == .cancelled)
        #expect(stalled.server.acceptedConnections == 0)
    }

    @Test func `cancelling at any moment resumes every request exactly once`() async throws {
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil { connection.answer() }
        }
        let transport = makeTransport()
        for _ in 0..<40 {
            let tasks = (0..<20).map { _ in
                Task { () async -> TransportError.Reason? in
                    do throws(TransportError) {
                        return try await transport.get(server.url()).status == 200 ? nil : .other
                    } catch {
                        return error.reason
                    }
                }
            }
            // Cancels half of the tasks. The scheduler determines how far each one is.
            for task in tasks.prefix(10) { task.cancel() }
            for task in tasks { #expect([nil, .cancelled].contains(await task.value)) }
            for task in tasks.suffix(10) { #expect(await task.value == nil) }
        }
    }

    @Test func `cancels pending requests`() async throws {
        let stalled = try StalledServer()
        let transport = makeTransport(connectionsPerHost: 1)
        let url = stalled.server.url()
        let tasks = (0..<200).map { _ in Task { try await transport.get(url) } }
        var events = stalled.events.makeAsyncIterator()
        #expect(await events.next() == .request)
        for task in tasks {
            task.cancel()
            let error = await #expect(throws: TransportError.self) { try await task.value }
            #expect(error?.reason == .cancelled)
        }
    }
}
