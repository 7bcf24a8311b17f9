// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The two clocks of polling, and the only thing in it that waits.
package protocol PollingClock: Sendable {
    /// The time of day in seconds since the Unix epoch: what event windows are asked in. It may be stepped.
    func now() -> Double

    /// Seconds since some fixed moment: what intervals and budgets are measured in. It never goes back.
    func uptime() -> Double

    /// Waits, unless the task is cancelled.
    ///
    /// - Throws: only where the task is cancelled.
    func sleep(seconds: Double) async throws(CancellationError)
}

/// The machine's own clocks.
package struct SystemClock: PollingClock {
    package init() {}

    package func now() -> Double { Self.read(CLOCK_REALTIME) }

    package func uptime() -> Double { Self.read(CLOCK_BOOTTIME) }

    package func sleep(seconds: Double) async throws(CancellationError) {
        do {
            try await Task.sleep(for: .seconds(max(0, seconds)))
        } catch {
            throw CancellationError()
        }
    }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
