// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Polling
import Synchronization

/// Where requests to reload wait for the one who reloads.
final class ReloadDesk: Sendable {
    private struct State {
        var responders: [Responder] = []
        var isAsked = false
    }

    private let state = Mutex(State())
    private let bell = Doorbell()

    /// Asks for a reload whose end is told to nobody: SIGHUP.
    func ask() {
        state.withLock { $0.isAsked = true }
        bell.ring()
    }

    /// Asks for a reload whose end is the answer.
    func ask(_ responder: Responder) {
        state.withLock { state in
            state.isAsked = true
            state.responders.append(responder)
        }
        bell.ring()
    }

    /// Waits until somebody asks.
    ///
    /// - Returns: who wants to be told; `nil` where the task was cancelled.
    func next() async -> [Responder]? {
        while !Task.isCancelled {
            let asked = state.withLock { state -> [Responder]? in
                guard state.isAsked else { return nil }
                defer { state = State() }
                return state.responders
            }
            if let asked { return asked }
            await bell.wait()
        }
        return nil
    }
}
