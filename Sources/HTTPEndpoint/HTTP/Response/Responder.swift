// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The way back of one request: takes one response, from any thread.
///
/// A responder that goes away without a response answers 500.
package struct Responder: Sendable {
    /// Does the one delivery and notices when it never comes.
    private final class Reply: Sendable {
        let deliver: @Sendable (Response, Duration) -> Void
        let isSpent = Atomic(false)

        init(_ deliver: @escaping @Sendable (Response, Duration) -> Void) {
            self.deliver = deliver
        }

        deinit {
            guard !isSpent.load(ordering: .acquiring) else { return }
            deliver(.text(500, "The request was dropped without an answer."), .zero)
        }
    }

    private let reply: Reply

    /// Makes a responder around what carries the response, for a test of a handler too.
    ///
    /// - Parameter deliver: called exactly once, from any thread, with how long the response is to be held back.
    package init(_ deliver: @escaping @Sendable (Response, Duration) -> Void) {
        reply = Reply(deliver)
    }

    /// Sends the response; also from inside the handler.
    ///
    /// Only the first response counts. Another one is dropped, as aborted.
    package func send(_ response: Response) {
        send(response, after: .zero)
    }

    /// Sends the response once a time has passed, with no thread waiting for it.
    ///
    /// - Parameters:
    ///   - response: only the first one counts.
    ///   - delay: counted from now; nothing or less is at once.
    package func send(_ response: Response, after delay: Duration) {
        guard !reply.isSpent.exchange(true, ordering: .acquiringAndReleasing) else {
            response.onFinish?(.aborted)
            return
        }
        reply.deliver(response, max(delay, .zero))
    }
}
