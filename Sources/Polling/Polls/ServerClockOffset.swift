// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How far the API's clock is from this machine's, as its newest answer says.
///
/// Neither is right for sure. A window ends at whichever is ahead and is complete up to whichever is behind, so
/// that a clock which is wrong by an hour makes nothing wrong but how late something is noticed.
package final class ServerClockOffset: Sendable {
    /// Differences that a `Date` of whole seconds and a slow answer explain, in seconds.
    private static let tolerance = 5.0

    private let offset = Mutex(0.0)

    package init() {}

    /// Takes the time of an answer.
    ///
    /// - Parameters:
    ///   - servedAt: by the API's clock, in seconds since the Unix epoch.
    ///   - now: by this machine's.
    package func note(_ servedAt: Double, by now: Double) {
        let difference = servedAt - now
        offset.withLock { $0 = abs(difference) > Self.tolerance ? difference : 0 }
    }

    /// Now by either clock, the one behind first.
    package func bounds(of now: Double) -> ClosedRange<Double> {
        let other = now + offset.withLock { $0 }
        return min(now, other)...max(now, other)
    }
}
