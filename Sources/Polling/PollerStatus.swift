// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem
import Synchronization

/// The health of a poller, readable from any thread.
package final class PollerStatus: Sendable {
    private struct State {
        var heartbeatAt: Uptime?
        var isReady = false
    }

    /// Seconds without a heartbeat after which the loop counts as dead.
    ///
    /// Normally it iterates every few seconds.
    private static let heartbeatTimeout = 60.0

    private let state = Mutex(State())

    /// Makes a status that is alive and not ready.
    package init() {}

    /// Records an iteration of the loop.
    func heartbeat(at now: Uptime) { state.withLock { $0.heartbeatAt = now } }

    func becomeReady() { state.withLock { $0.isReady = true } }

    /// Whether the first round of polls is complete.
    ///
    /// Once true, it stays true.
    package var isReady: Bool { state.withLock { $0.isReady } }

    /// Whether the loop runs.
    ///
    /// - Parameter now: The current time.
    /// - Returns: whether the newest heartbeat is recent, or the loop has not started.
    package func isAlive(at now: Uptime) -> Bool {
        state.withLock { $0.heartbeatAt }.map { now - $0 < Self.heartbeatTimeout } ?? true
    }
}
