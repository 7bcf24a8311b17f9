// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Glibc
import HTTPTransport
import TestSupport
import Testing

/// Requests that nobody wants any more.
@Suite(.timeLimit(.minutes(1)))
struct EndTests {
    /// A server that reads requests and says nothing, and what happens to it.
    private final class SilentServer: Sendable {
        enum Happening { case request, end }

        let server: ScriptedServer
        let happenings: AsyncStream<Happening>

        init() throws {
            let (stream, happening) = AsyncStream.makeStream(of: Happening.self)
            happenings = stream
            server = try ScriptedServer { connection in
                guard connection.readRequest() != nil else { return }
                happening.yield(.request)
                connection.waitForEnd()
                happening.yield(.end)
            }
        }
    }

    @Test func `cancelling a task ends its transfer at once`() async throws {
        let silent = try SilentServer()
        let transport = makeTransport()
        let url = silent.server.url("/x?y")
        let task = Task { try await transport.get(url) }
        var happenings = silent.happenings.makeAsyncIterator()
        #expect(await happenings.next() == .request)
        task.cancel()
        let error = await #expect(throws: TransportError.self) { try await task.value }
        #expect(
            error == TransportError(.cancelled, "GET \(silent.server.url("/x")): cancelled by the caller.")
        )
        #expect(await happenings.next() == .end)
    }

    @Test func `a task that is cancelled already asks nothing`() async throws {
        let silent = try SilentServer()
        let transport = makeTransport()
        let gate = AsyncStream.makeStream(of: Void.self)
        let url = silent.server.url()
        let task = Task {
            for await _ in gate.stream {}
            return try await transport.get(url)
        }
        task.cancel()
        gate.continuation.finish()
        let error = await #expect(throws: TransportError.self) { try await task.value }
        #expect(error?.reason == .cancelled)
        #expect(silent.server.acceptedConnections == 0)
    }

    @Test func `cancelling at any moment ends every request exactly once`() async throws {
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
            // Half of them, each as early or late as the scheduler likes.
            for task in tasks.prefix(10) { task.cancel() }
            for task in tasks { #expect([nil, .cancelled].contains(await task.value)) }
            for task in tasks.suffix(10) { #expect(await task.value == nil) }
        }
    }

    @Test func `a request in the line can be cancelled too`() async throws {
        let silent = try SilentServer()
        let transport = makeTransport(connectionsPerHost: 1)
        let url = silent.server.url()
        let tasks = (0..<200).map { _ in Task { try await transport.get(url) } }
        var happenings = silent.happenings.makeAsyncIterator()
        #expect(await happenings.next() == .request)
        for task in tasks {
            task.cancel()
            let error = await #expect(throws: TransportError.self) { try await task.value }
            #expect(error?.reason == .cancelled)
        }
    }

    @Test func `shutting down cancels what runs and whatever comes later`() async throws {
        let silent = try SilentServer()
        let transport = makeTransport(connectionsPerHost: 1)
        let url = silent.server.url()
        let tasks = (0..<100).map { _ in Task { try await transport.get(url) } }
        var happenings = silent.happenings.makeAsyncIterator()
        #expect(await happenings.next() == .request)
        transport.shutdown()
        for task in tasks {
            let error = await #expect(throws: TransportError.self) { try await task.value }
            #expect(error == TransportError(.cancelled, "The transport has been shut down."))
        }
        #expect(await happenings.next() == .end)
        await transport.finished()
        #expect(await transport.failure(of: url)?.reason == .cancelled)
        transport.shutdown()
        await transport.finished()
    }

    @Test func `the last reference takes the thread and its connections with it`() async throws {
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

    @Test func `writing to a peer that has hung up does not end the process`() async {
        await #expect(processExitsWith: .success) {
            _ = makeTransport()
            // What the kernel does on such a write, delivered to this thread.
            raise(SIGPIPE)
        }
    }
}
