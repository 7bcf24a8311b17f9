// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What the health pages ask of polling; readable from any thread.
package final class PollerStatus: Sendable {
    private struct State {
        var beatAt: Double?
        var isReady = false
    }

    /// Seconds without a turn of the loop after which it is taken for dead: it turns every few seconds.
    private static let longestSilence = 60.0

    private let state = Mutex(State())

    package init() {}

    func beat(at uptime: Double) { state.withLock { $0.beatAt = uptime } }

    func becomeReady() { state.withLock { $0.isReady = true } }

    /// Whether the first round of polls is over; once true, it stays so.
    package var isReady: Bool { state.withLock { $0.isReady } }

    /// Whether the loop turns.
    ///
    /// - Parameter uptime: now, by the clock that polling uses.
    /// - Returns: whether it turned lately; true also before its first turn.
    package func isAlive(at uptime: Double) -> Bool {
        state.withLock { $0.beatAt }.map { uptime - $0 < Self.longestSilence } ?? true
    }
}
