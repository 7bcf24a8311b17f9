// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import LinuxSystem
import Polling
import Synchronization

/// A clock that a test controls.
///
/// A sleeping task wakes when the test has advanced the clock far enough.
final class ManualClock: PollingClock {
    private struct State {
        var uptime: Uptime = 1000
        var epochOffset = 1_700_000_000.0
        var sleepers: [Int: (until: Uptime, continuation: CheckedContinuation<Void, Never>)] = [:]
        var cancelled: Set<Int> = []
        var issued = 0
    }

    private let state = Mutex(State())

    let epoch: String

    init(epoch: String = "manual") { self.epoch = epoch }

    func now() -> Timestamp { state.withLock { Timestamp($0.uptime.seconds + $0.epochOffset) } }

    func uptime() -> Uptime { state.withLock { $0.uptime } }

    func sleep(seconds: Double) async throws(CancellationError) {
        let id = state.withLock { state in
            state.issued += 1
            return state.issued
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    guard seconds > 0, state.cancelled.remove(id) == nil else { return true }
                    state.sleepers[id] = (state.uptime + seconds, continuation)
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.cancelled.insert(id) }
                return sleeper
            }
            sleeper?.continuation.resume()
        }
        if Task.isCancelled { throw CancellationError() }
    }

    /// When the next sleeping task wakes; `nil` if none is sleeping.
    var nextWake: Uptime? { state.withLock { $0.sleepers.values.map(\.until).min() } }

    /// The number of sleeping tasks.
    var sleepers: Int { state.withLock { $0.sleepers.count } }

    /// Sets the time of day forward or back.
    ///
    /// The uptime does not change.
    func step(by seconds: Double) { state.withLock { $0.epochOffset += seconds } }

    /// Advances both clocks.
    func advance(by seconds: Double) {
        let woken = state.withLock { state in
            state.uptime += seconds
            let now = state.uptime
            let due = state.sleepers.filter { $0.value.until <= now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }
}
