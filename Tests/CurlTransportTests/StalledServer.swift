// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// A server that reads requests, never responds, and reports events.
final class StalledServer: Sendable {
    /// A request that was received, or a connection that the client closed.
    enum Event { case request, end }

    let server: ScriptedServer
    let events: AsyncStream<Event>

    init() throws {
        let (stream, event) = AsyncStream.makeStream(of: Event.self)
        events = stream
        server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            event.yield(.request)
            connection.waitForEnd()
            event.yield(.end)
        }
    }
}
