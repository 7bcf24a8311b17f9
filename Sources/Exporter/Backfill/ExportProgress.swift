// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem

/// A line on the terminal with the progress of an export; nothing if the standard error is not a terminal.
struct ExportProgress {
    /// The time between two lines, in seconds.
    private static let interval = 0.2

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let clock: SystemClock
    private let start: Uptime
    private var last: Uptime?

    init(clock: SystemClock) {
        self.clock = clock
        start = clock.uptime()
    }

    /// Replaces the line, unless the last one is new.
    ///
    /// - Parameter text: returns the line; receives the seconds since the start.
    mutating func show(_ text: (Double) -> String) {
        guard isTerminal else { return }
        let now = clock.uptime()
        if let last, now < last + Self.interval { return }
        last = now
        Self.write("\r\u{1b}[K\(text(now - start))")
    }

    /// Removes the line.
    mutating func erase() {
        guard last != nil else { return }
        last = nil
        Self.write("\r\u{1b}[K")
    }

    /// Writes to the standard error; an error is ignored, because there is no other place to report it.
    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
