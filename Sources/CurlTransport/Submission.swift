// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Synchronization

/// One request on its way to the curl thread, with the one who waits for it.
struct Submission: Sendable {
    /// Numbers the requests of a transport, from 1.
    let id: Int

    let request: HTTPRequest

    /// When the caller has waited long enough.
    let deadline: ContinuousClock.Instant

    let cancellation: Cancellation

    /// Resumed exactly once, by the curl thread or by a mailbox that is closed.
    let reply: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>

    /// Remembers that a task was cancelled before the curl thread knew of its request.
    final class Cancellation: Sendable {
        private let flag = Atomic<Bool>(false)

        /// Whether the caller no longer wants the response.
        var isRequested: Bool { flag.load(ordering: .acquiring) }

        /// Says that the caller no longer wants the response.
        func request() { flag.store(true, ordering: .releasing) }
    }
}
