// SPDX-License-Identifier: Apache-2.0

/// The stretch of time that one poll asks for, in seconds since the Unix epoch.
package struct PollWindow: Sendable, Hashable {
    package let from: Int
    package let to: Int

    /// What is complete once the last page has arrived: the window's end, less the allowance for a fast
    /// clock.
    package let completeUntil: Int

    /// Whether it reaches back far enough to find events that were very late.
    package let isRescan: Bool

    /// The window of the next poll.
    ///
    /// Both ways of reaching back begin at the last window of their kind, not at now: an event that is shown a
    /// little less than `overlap` after it was recorded is in the next window, however long that took to come.
    ///
    /// - Parameters:
    ///   - watermark: the end of the last complete window; `nil` before the first.
    ///   - floor: where the ledger's scope begins.
    ///   - now: the time of day, by whichever clock is behind.
    ///   - latest: the same by whichever clock is ahead.
    ///   - rescan: whether it is to reach back far enough for events that were very late.
    ///   - settings: how far windows reach back.
    package init(
        watermark: Int?,
        scopeStart: Int,
        now: Int,
        latest: Int,
        rescan: Rescan,
        settings: PollingSettings
    ) {
        // A watermark ahead of now is that of a clock which was ahead: what happens now is before it.
        var from = watermark.map { min($0, now) - settings.overlap } ?? scopeStart
        switch rescan {
        case .none: break
        case .first: from = min(from, now - settings.rescanLookback)
        case .after(let last): from = min(from, min(now, last) - settings.rescanLookback)
        }
        self.from = max(from, scopeStart)
        to = max(latest, self.from) + PollingSettings.clockSkew
        completeUntil = now
        isRescan = rescan != .none
    }

    /// Whether a window looks for events that were very late.
    package enum Rescan: Sendable, Hashable {
        case none
        case first

        /// With the time of the last complete one, in seconds since the Unix epoch.
        case after(Int)
    }
}
