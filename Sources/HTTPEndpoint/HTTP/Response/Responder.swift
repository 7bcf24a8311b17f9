// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A request handler, which responds through the responder, now or later.
///
/// It runs on the endpoint thread, which serves all connections, and must not block.
package typealias Handler = @Sendable (Request, Responder) -> Void

/// The reply channel of one request.
///
/// It accepts one response, from any thread.
///
/// If a responder is released without a response, the endpoint responds with 500.
package struct Responder: Sendable {
    /// Delivers at most one response, and 500 if none was sent before its release.
    private final class Reply: Sendable {
        let deliver: @Sendable (Response) -> Void
        let isAbandoned: @Sendable () -> Bool
        let isSpent = Atomic(false)

        init(
            _ deliver: @escaping @Sendable (Response) -> Void,
            isAbandoned: @escaping @Sendable () -> Bool
        ) {
            self.deliver = deliver
            self.isAbandoned = isAbandoned
        }

        deinit {
            guard !isSpent.load(ordering: .acquiring) else { return }
            deliver(.text(500, "Internal error: the handler sent no response."))
        }
    }

    private let reply: Reply

    /// Creates a responder.
    ///
    /// Middleware and tests of handlers use it.
    ///
    /// - Parameters:
    ///   - isAbandoned: returns whether the connection has closed, from any thread.
    ///   - deliver: called exactly once, from any thread.
    package init(
        isAbandoned: @escaping @Sendable () -> Bool = { false },
        _ deliver: @escaping @Sendable (Response) -> Void
    ) {
        reply = Reply(deliver, isAbandoned: isAbandoned)
    }

    /// Whether the connection has closed, so that a response would be dropped.
    package var isAbandoned: Bool { reply.isAbandoned() }

    /// Sends the response.
    ///
    /// The handler may call it directly.
    ///
    /// Further responses are dropped as aborted.
    package func send(_ response: Response) {
        guard !reply.isSpent.exchange(true, ordering: .acquiringAndReleasing) else {
            response.onFinish?(.aborted)
            return
        }
        reply.deliver(response)
    }
}
