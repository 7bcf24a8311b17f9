// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// The window of a complete poll.
package struct CompletedWindow: Sendable, Hashable {
    /// The end of the window, which becomes the watermark.
    package let until: Timestamp

    /// The time at which the poll ended.
    package let at: Timestamp

    /// Whether the poll was a rescan for late events.
    package let isRescan: Bool

    package init(until: Timestamp, at: Timestamp, isRescan: Bool) {
        self.until = until
        self.at = at
        self.isRescan = isRescan
    }
}
