// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Polling
import Synchronization
import TestSupport

/// An API whose event lists of one account arrive when the test allows it.
final class GatedAPI: HTTPTransport {
    /// The account whose event lists wait.
    static let gatedAccount = String(repeating: "a", count: 32)

    /// The URL of each request.
    let requests = Events<String>()

    private let state = Mutex((isOpen: false, cancelled: 0))
    private let opened = WakeSignal()

    /// The number of requests whose task was cancelled.
    var cancelled: Int { state.withLock { $0.cancelled } }

    func open() {
        state.withLock { $0.isOpen = true }
        opened.signal()
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        requests.record(request.url)
        let isList = request.url.contains("/events?")
        if isList, request.url.contains(Self.gatedAccount), !state.withLock({ $0.isOpen }) {
            await opened.wait()
        }
        guard !Task.isCancelled else {
            state.withLock { $0.cancelled += 1 }
            throw TransportError(.cancelled, "cancelled")
        }
        let result = request.url.contains("/telemetry/") ? #"{"count":0,"items":[]}"# : #"[{"id":"c"}]"#
        return HTTPResponse(status: 200, body: Array(#"{"success":true,"result":\#(result)}"#.utf8))
    }
}
