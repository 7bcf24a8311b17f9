// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What the endpoint thread shares with everyone else.
final class SharedState: Sendable {
    /// The way to the thread.
    let mailbox: LoopInbox

    /// A handler in a value of its own.
    ///
    /// A closure that goes through `withLock` as itself is wrapped in a thunk on its way in and on its way out, and both
    /// stay in the lock: each read would make the next call deeper, until the stack ends some 30,000 requests later.
    struct Answering: Sendable {
        let handler: Handler
    }

    /// Who answers; read once per request, so that a new one counts from the next request on.
    let answering: Mutex<Answering>

    /// What new connections are encrypted with; `nil` is clear text.
    let tls: Mutex<TLSContext?>

    /// Counted by the thread alone, read by anyone.
    let openConnections = Atomic(0)
    /// Counted by the thread alone, read by anyone.
    let acceptedConnections = Atomic(0)
    /// Counted by the thread alone, read by anyone.
    let requests = Atomic(0)
    /// Counted by the thread alone, read by anyone.
    let requestsInFlight = Atomic(0)

    /// Makes the state of an endpoint that has done nothing yet.
    init(mailbox: LoopInbox, tls: TLSContext?, handler: @escaping Handler) {
        self.mailbox = mailbox
        self.tls = Mutex(tls)
        answering = Mutex(Answering(handler: handler))
    }

    /// The counts as they now are.
    var statistics: EndpointStatistics {
        EndpointStatistics(
            openConnections: openConnections.load(ordering: .relaxed),
            acceptedConnections: acceptedConnections.load(ordering: .relaxed),
            requests: requests.load(ordering: .relaxed),
            requestsInFlight: requestsInFlight.load(ordering: .relaxed)
        )
    }
}
