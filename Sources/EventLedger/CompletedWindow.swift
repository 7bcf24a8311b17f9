// SPDX-License-Identifier: Apache-2.0

/// A poll that has read its window to the last page.
package struct CompletedWindow: Sendable, Hashable {
    /// The end of the window, in seconds since the Unix epoch: the new watermark.
    package let until: Int

    /// When the poll ended, in seconds since the Unix epoch.
    package let at: Double

    /// Whether the window was the long one that looks for late events.
    package let isRescan: Bool

    package init(until: Int, at: Double, isRescan: Bool) {
        self.until = until
        self.at = at
        self.isRescan = isRescan
    }
}
