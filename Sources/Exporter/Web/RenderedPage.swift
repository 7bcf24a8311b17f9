// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import LinuxSystem
import Polling
import Synchronization

/// A page that is rendered once for all clients that wait for it.
///
/// A page is rendered at most once per second, on a thread of its own with a low priority. So requests for it delay
/// neither polls nor scrapes, even with one CPU. It may be used from any thread.
final class RenderedPage: Sendable {
    /// Takes a snapshot, and returns the function that renders it.
    typealias Source = @Sendable () async -> @Sendable () -> Response

    private struct Page {
        let response: Response
        let takenAt: Uptime
    }

    private struct Waiter {
        let responder: Responder
        let since: Uptime
    }

    private struct State {
        var page: Page?
        var waiters: [Waiter] = []
        var isRendering = false
    }

    /// The maximum age of a page at the time of a request, in seconds.
    private static let maxAge = 1.0

    /// The maximum number of clients that wait for a page.
    private static let maxWaiters = 64

    private static let busy = Response.busy("Too many clients wait for this page; try again later.\n")

    private let clock: any PollingClock
    private let source: Source
    private let state = Mutex(State())

    init(clock: any PollingClock, source: @escaping Source) {
        self.clock = clock
        self.source = source
    }

    /// Responds with a page that is at most one second older than the request.
    ///
    /// If too many clients wait, it responds with 503.
    func respond(_ responder: Responder) {
        let now = clock.uptime()
        let (response, mustRender) = state.withLock { state -> (Response?, Bool) in
            if let page = state.page, now - page.takenAt < Self.maxAge { return (page.response, false) }
            if state.waiters.count >= Self.maxWaiters {
                state.waiters.removeAll(where: \.responder.isAbandoned)
            }
            guard state.waiters.count < Self.maxWaiters else { return (Self.busy, false) }
            state.waiters.append(Waiter(responder: responder, since: now))
            defer { state.isRendering = true }
            return (nil, !state.isRendering)
        }
        if let response { responder.send(response) }
        if mustRender { Task { await render() } }
    }

    /// Renders until no client waits.
    private func render() async {
        while let start = beginRendering() {
            let response = await LowPriorityThread.run(named: "page", await source())
            for responder in finishRendering(response, takenAt: start) {
                responder.send(response ?? Self.busy)
            }
        }
    }

    /// Returns the time of the next snapshot, or `nil` if no client waits.
    private func beginRendering() -> Uptime? {
        state.withLock { state in
            state.waiters.removeAll(where: \.responder.isAbandoned)
            state.isRendering = !state.waiters.isEmpty
            return state.isRendering ? clock.uptime() : nil
        }
    }

    /// Stores a page, and removes the clients for which it is new enough.
    private func finishRendering(_ response: Response?, takenAt start: Uptime) -> [Responder] {
        state.withLock { state in
            state.page = response.map { Page(response: $0, takenAt: start) }
            let served = state.waiters.filter { $0.since - start < Self.maxAge }
            state.waiters.removeAll { $0.since - start < Self.maxAge }
            return served.map(\.responder)
        }
    }
}
