// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// The time range that one poll reads, in whole seconds.
package struct PollWindow: Sendable, Hashable {
    /// The first second.
    package let from: Timestamp

    /// The last second.
    package let to: Timestamp

    /// The watermark after the last page: the end of the window, without the margin for clock skew.
    package let completeUntil: Timestamp

    /// Whether the window reaches back far enough for very late events.
    package let isRescan: Bool

    /// Calculates the window of the next poll.
    ///
    /// The overlap and the rescan both reach back from the previous window of their kind, not from now. So the next window
    /// contains an event that appears up to `overlap` after it was recorded, however late the next poll is.
    ///
    /// - Parameters:
    ///   - watermark: The end of the last complete window; `nil` before the first.
    ///   - scopeStart: The start of the ledger's scope.
    ///   - now: The time of day, by the clock that is behind.
    ///   - latest: The time of day, by the clock that is ahead.
    ///   - rescan: Whether the window reaches back for very late events.
    ///   - settings: The lengths of the overlap and the rescan.
    package init(
        watermark: Timestamp?,
        scopeStart: Timestamp,
        now: Timestamp,
        latest: Timestamp,
        rescan: Rescan,
        settings: PollingSettings
    ) {
        // A watermark in the future comes from a clock that was ahead. Events of now are before it.
        var from = watermark.map { min($0, now) - Double(settings.overlap) } ?? scopeStart
        let rescanLookback = Double(settings.rescanLookback)
        switch rescan {
        case .none: break
        case .first: from = min(from, now - rescanLookback)
        case .after(let last): from = min(from, min(now, last.roundedDown) - rescanLookback)
        }
        self.from = max(from, scopeStart)
        to = max(latest, self.from) + Double(PollingSettings.clockSkew)
        completeUntil = now
        isRescan = rescan != .none
    }

    /// Whether a window reaches back for very late events.
    package enum Rescan: Sendable, Hashable {
        case none
        case first

        /// A rescan after another one, which ended at this time.
        case after(Timestamp)
    }
}
