// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A signal that wakes one waiting task.
///
/// A signal without a waiting task is kept for the next wait.
///
/// An `AsyncStream` cannot replace it, because cancelling one wait would finish the stream for all later ones.
package final class WakeSignal: Sendable {
    private struct State {
        var isSignaled = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Makes a signal that is not set.
    package init() {}

    /// Wakes the waiting task, or the next task that waits.
    package func signal() {
        let waiter = state.withLock { state in
            state.isSignaled = state.waiter == nil
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Waits for a signal, or until the task is cancelled.
    package func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // The handler below finds no waiter if the task was cancelled earlier. The same lock makes the check
                // here see that cancellation.
                let isDone = state.withLock { state in
                    guard !state.isSignaled, !Task.isCancelled else {
                        state.isSignaled = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }

    /// Waits for a signal, for at most a number of seconds.
    package func wait(atMost seconds: Double, by clock: any PollingClock) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            group.addTask { try? await clock.sleep(seconds: seconds) }
            await group.next()
            group.cancelAll()
        }
    }
}
