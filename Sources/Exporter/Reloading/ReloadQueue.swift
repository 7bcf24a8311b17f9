// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Polling
import Synchronization

/// The queue of reload requests.
///
/// Requests that arrive during a reload are combined into one.
final class ReloadQueue: Sendable {
    struct Request: Sendable {
        /// Whether to reload the configuration file too, and not only the web configuration.
        fileprivate(set) var includesPolling = false

        /// The clients that wait for the result.
        fileprivate(set) var responders: [Responder] = []
    }

    /// The maximum number of clients that wait for a reload.
    private static let maxWaiting = 64

    private let pending = Mutex<Request?>(nil)
    private let wakeup = WakeSignal()

    /// Requests a reload of all files.
    ///
    /// - Parameter responder: sends the result to a client, or 503 if too many clients wait; `nil` for `SIGHUP`.
    func requestReload(_ responder: Responder? = nil) {
        var isRefused = false
        add { request in
            request.includesPolling = true
            guard let responder else { return }
            isRefused = request.responders.count >= Self.maxWaiting
            if !isRefused { request.responders.append(responder) }
        }
        if isRefused { responder?.send(.busy("Too many clients wait for a reload; try again later.\n")) }
    }

    /// Requests a reload of the web configuration, because one of its files has changed.
    func requestWebReload() {
        add { _ in }
    }

    /// Waits for a request.
    ///
    /// - Returns: the request, or `nil` if the task was cancelled.
    func next() async -> Request? {
        while !Task.isCancelled {
            if let request = pending.withLock({ $0.take() }) { return request }
            await wakeup.wait()
        }
        return nil
    }

    private func add(_ body: (inout Request) -> Void) {
        pending.withLock { pending in
            var request = pending ?? Request()
            body(&request)
            pending = request
        }
        wakeup.signal()
    }
}
