// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Polling
import Synchronization

/// Where requests to reload wait for the one who reloads.
final class ReloadQueue: Sendable {
    /// What is asked for, by all who asked meanwhile.
    struct Request: Sendable {
        /// Everything, or the web configuration alone.
        fileprivate(set) var isWhole = false

        /// Who wants to be told how it ended.
        fileprivate(set) var responders: [Responder] = []
    }

    private let request = Mutex<Request?>(nil)
    private let bell = WakeSignal()

    /// Asks for a reload whose end is told to nobody: SIGHUP.
    func ask() {
        change { $0.isWhole = true }
    }

    /// Asks for a reload whose end is the answer.
    func ask(_ responder: Responder) {
        change { request in
            request.isWhole = true
            request.responders.append(responder)
        }
    }

    /// Asks for a reload of the web configuration alone: one of its files has changed.
    func askForWeb() {
        change { _ in }
    }

    /// Waits until somebody asks.
    ///
    /// - Returns: what for; `nil` where the task was cancelled.
    func next() async -> Request? {
        while !Task.isCancelled {
            if let asked = request.withLock({ $0.take() }) { return asked }
            await bell.wait()
        }
        return nil
    }

    private func change(_ body: (inout Request) -> Void) {
        request.withLock { request in
            var changed = request ?? Request()
            body(&changed)
            request = changed
        }
        bell.ring()
    }
}
