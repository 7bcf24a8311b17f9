// SPDX-License-Identifier: Apache-2.0

import Glibc
import WireText

/// The time of one iteration of the event loop.
///
/// All events of an iteration have the same time.
struct LoopTime: Sendable {
    /// The monotonic time, for deadlines.
    var instant: ContinuousClock.Instant

    /// The value of the `Date` field.
    var date: [UInt8]
}

/// A clock that is read once per iteration.
///
/// It formats the date once per second.
struct LoopClock {
    private var second = Int.min
    private var date: [UInt8] = []

    mutating func read() -> LoopTime {
        // time(2) with a null pointer cannot fail.
        let now = time(nil)
        if now != second {
            second = now
            date = Array(CivilTime(secondsSinceEpoch: now).imfFixdate.utf8)
        }
        return LoopTime(instant: .now, date: date)
    }
}
