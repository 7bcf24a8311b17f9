// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// The two clocks of polling, and the only thing in it that waits.
package protocol PollingClock: Sendable {
    /// The time of day in seconds since the Unix epoch: what event windows are asked in. It may be stepped.
    func now() -> Double

    /// Seconds since some fixed moment: what intervals and budgets are measured in. It never goes back.
    func uptime() -> Double

    /// Names the moment that uptime counts from: uptimes of the same epoch compare, whatever process read them.
    var epoch: String { get }

    /// Waits, unless the task is cancelled.
    ///
    /// - Throws: only where the task is cancelled.
    func sleep(seconds: Double) async throws(CancellationError)
}

extension SystemClock: PollingClock {
    /// The boot of this machine.
    package var epoch: String { bootID }

    package func now() -> Double { secondsSinceEpoch() }

    package func uptime() -> Double { (uptime() as Uptime).seconds }

    package func sleep(seconds: Double) async throws(CancellationError) {
        do {
            try await Task.sleep(for: .seconds(max(0, seconds)))
        } catch {
            throw CancellationError()
        }
    }
}
