// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The state that the endpoint thread shares with other threads.
final class SharedState: Sendable {
    /// The input queue of the endpoint thread.
    let inbox: LoopInbox

    /// A struct around a handler.
    ///
    /// A bare closure that passes through `withLock` is wrapped in a thunk on its way in and out, and the thunks stay in
    /// the mutex. Each read would make the next call deeper, until the stack overflows after some 30,000 requests.
    struct HandlerBox: Sendable {
        let handler: Handler
    }

    /// The current handler.
    ///
    /// It is read once per request, so that a new one applies from the next request on.
    let handler: Mutex<HandlerBox>

    /// The TLS context for new connections; `nil` without TLS.
    let tls: Mutex<TLSContext?>

    // Only the endpoint thread writes the counters. Any thread may read them.
    let openConnections = Atomic(0)
    let acceptedConnections = Atomic(0)
    let requests = Atomic(0)

    init(inbox: LoopInbox, tls: TLSContext?, handler: @escaping Handler) {
        self.inbox = inbox
        self.tls = Mutex(tls)
        self.handler = Mutex(HandlerBox(handler: handler))
    }

    /// The current counts.
    var statistics: EndpointStatistics {
        EndpointStatistics(
            openConnections: openConnections.load(ordering: .relaxed),
            acceptedConnections: acceptedConnections.load(ordering: .relaxed),
            requests: requests.load(ordering: .relaxed)
        )
    }
}
