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
    /// - Parameters:
    ///   - watermark: the end of the last complete window; `nil` before the first.
    ///   - floor: where the ledger's scope begins.
    ///   - now: the time of day.
    ///   - isRescan: whether it is to reach back far enough for events that were very late.
    ///   - settings: how far windows reach back.
    package init(
        watermark: Int?,
        floor: Int,
        now: Int,
        isRescan: Bool,
        settings: PollingSettings
    ) {
        var from = watermark.map { $0 - settings.overlap } ?? floor
        if isRescan { from = min(from, now - settings.rescanLookback) }
        // A clock that was set back must not make a window that ends before it begins.
        let end = max(now, from)
        self.from = max(from, floor)
        to = max(end, self.from) + PollingSettings.clockSkew
        completeUntil = now
        self.isRescan = isRescan
    }
}
