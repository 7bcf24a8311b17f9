// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import Synchronization

/// The difference between the API's clock and this machine's clock, measured by the newest response.
///
/// Either clock may be wrong. A poll asks up to the later of the two times, and its window is complete up to the earlier
/// one. So a clock that is wrong by an hour only delays events.
package final class ServerClockOffset: Sendable {
    /// Maximum difference that the whole seconds of `Date` and a slow response explain, in seconds.
    private static let tolerance = 5.0

    private let offset = Mutex(0.0)

    /// Makes an offset of 0.
    package init() {}

    /// Measures the difference.
    ///
    /// - Parameters:
    ///   - servedAt: The time of the response, by the API's clock.
    ///   - now: The current time, by this machine's clock.
    package func update(servedAt: Timestamp, now: Timestamp) {
        let difference = servedAt - now
        offset.withLock { $0 = abs(difference) > Self.tolerance ? difference : 0 }
    }

    /// Returns the current time by both clocks, the earlier one first.
    package func bounds(of now: Timestamp) -> ClosedRange<Timestamp> {
        let other = now + offset.withLock { $0 }
        return min(now, other)...max(now, other)
    }
}
