// SPDX-License-Identifier: Apache-2.0

/// A point in time, measured in seconds since the machine booted.
///
/// Intervals, deadlines and budgets are measured in uptime, because setting the time of day does not change it. It
/// includes the time that the machine was suspended.
///
/// Uptimes that different processes read are comparable if both have the same `SystemClock.bootID`.
package struct Uptime: Sendable, Hashable, Comparable {
    /// Seconds since boot.
    package let seconds: Double

    /// Wraps a number of seconds since boot.
    package init(seconds: Double) { self.seconds = seconds }

    /// Whether one time is before another.
    package static func < (left: Uptime, right: Uptime) -> Bool { left.seconds < right.seconds }

    /// Returns the time a number of seconds later.
    package static func + (time: Uptime, seconds: Double) -> Uptime {
        Uptime(seconds: time.seconds + seconds)
    }

    /// Returns the time a number of seconds earlier.
    package static func - (time: Uptime, seconds: Double) -> Uptime {
        Uptime(seconds: time.seconds - seconds)
    }

    /// Returns the seconds from the right time to the left one; negative if the right one is later.
    package static func - (left: Uptime, right: Uptime) -> Double { left.seconds - right.seconds }

    /// Moves the time forward by a number of seconds.
    package static func += (time: inout Uptime, seconds: Double) { time = time + seconds }

    /// Moves the time back by a number of seconds.
    package static func -= (time: inout Uptime, seconds: Double) { time = time - seconds }
}
