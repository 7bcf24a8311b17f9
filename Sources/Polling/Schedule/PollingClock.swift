// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
package import LinuxSystem

/// The clocks of polling.
///
/// Every wait of polling goes through it, so that tests can control the time.
package protocol PollingClock: Sendable {
    /// Returns the time of day. It may be set forward or back.
    func now() -> Timestamp

    /// Returns the time since boot, which never goes back. Intervals and budgets use it.
    func uptime() -> Uptime

    /// The identifier of this boot. Uptimes of the same epoch are comparable, even between processes.
    var epoch: String { get }

    /// Waits.
    ///
    /// - Throws: if the task is cancelled.
    func sleep(seconds: Double) async throws(CancellationError)
}

extension SystemClock: PollingClock {
    /// The identifier of this boot.
    package var epoch: String { bootID }

    /// Returns the time of day.
    package func now() -> Timestamp { Timestamp(secondsSinceEpoch()) }

    /// Waits by the operating system's clock.
    package func sleep(seconds: Double) async throws(CancellationError) {
        do {
            try await Task.sleep(for: .seconds(max(0, seconds)))
        } catch {
            throw CancellationError()
        }
    }
}
