// SPDX-License-Identifier: Apache-2.0

import Polling
import Synchronization

/// A clock that a test moves: who sleeps wakes when the time has come, and not before.
final class ManualClock: PollingClock {
    private struct State {
        var uptime = 1000.0
        var wallOffset = 1_700_000_000.0
        var sleepers: [Int: (until: Double, continuation: CheckedContinuation<Void, Never>)] = [:]
        var cancelled: Set<Int> = []
        var issued = 0
    }

    private let state = Mutex(State())

    func now() -> Double { state.withLock { $0.uptime + $0.wallOffset } }

    let epoch: String

    init(epoch: String = "manual") { self.epoch = epoch }

    func uptime() -> Double { state.withLock { $0.uptime } }

    func sleep(seconds: Double) async throws(CancellationError) {
        let id = state.withLock { state in
            state.issued += 1
            return state.issued
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard seconds > 0, state.cancelled.remove(id) == nil else { return true }
                    state.sleepers[id] = (state.uptime + seconds, continuation)
                    return false
                }
                if isOver { continuation.resume() }
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

    /// When the next sleeper wakes; `nil` where nobody sleeps.
    var nextWake: Double? { state.withLock { $0.sleepers.values.map(\.until).min() } }

    /// How many sleep.
    var sleepers: Int { state.withLock { $0.sleepers.count } }

    /// Sets the time of day forward or back; uptime is none the wiser.
    func step(by seconds: Double) { state.withLock { $0.wallOffset += seconds } }

    /// Lets time pass.
    func advance(by seconds: Double) {
        let woken = state.withLock { state in
            state.uptime += seconds
            let due = state.sleepers.filter { $0.value.until <= state.uptime }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }
}
