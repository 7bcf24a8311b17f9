// SPDX-License-Identifier: Apache-2.0

/// The window of a complete poll.
package struct CompletedWindow: Sendable, Hashable {
    /// The end of the window, which becomes the watermark, in seconds since the Unix epoch.
    package let until: Int

    /// The time at which the poll ended, in seconds since the Unix epoch.
    package let at: Double

    /// Whether the poll was a rescan for late events.
    package let isRescan: Bool

    package init(until: Int, at: Double, isRescan: Bool) {
        self.until = until
        self.at = at
        self.isRescan = isRescan
    }
}
