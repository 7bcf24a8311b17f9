// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Synchronization

/// A request for the curl thread, and the continuation of the task that sent it.
struct Submission: Sendable {
    /// The number of the request, unique within a transport, from 1.
    let id: Int

    let request: HTTPRequest

    /// The time at which the request fails with `.timeout`.
    let deadline: ContinuousClock.Instant

    let cancellation: Cancellation

    /// The continuation, which the curl thread or a closed queue resumes exactly once.
    let reply: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>

    /// A flag that is set if the task is cancelled, even before the curl thread has received the request.
    final class Cancellation: Sendable {
        private let flag = Atomic<Bool>(false)

        /// Whether the task is cancelled.
        var isRequested: Bool { flag.load(ordering: .acquiring) }

        func request() { flag.store(true, ordering: .releasing) }
    }
}
