// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Wakes one waiting task; a ring while nobody waits is kept for the next.
package final class WakeSignal: Sendable {
    private struct State {
        var hasRung = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    package init() {}

    /// Wakes the waiting task, or the next that waits.
    package func ring() {
        let waiter = state.withLock { state in
            state.hasRung = state.waiter == nil
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Waits for a ring, or for the task's end.
    package func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // A cancellation that came before finds no waiter; it is seen here, under the same lock.
                let isOver = state.withLock { state in
                    guard !state.hasRung, !Task.isCancelled else {
                        state.hasRung = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }

    /// Waits for a ring, but no longer than some seconds.
    package func wait(atMost seconds: Double, by clock: any PollingClock) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            group.addTask { try? await clock.sleep(seconds: seconds) }
            await group.next()
            group.cancelAll()
        }
    }
}
