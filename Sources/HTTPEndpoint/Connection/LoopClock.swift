// SPDX-License-Identifier: Apache-2.0

import Glibc
import WireText

/// Reads the two clocks once per round, and writes the date once per second.
struct LoopClock {
    private var second = Int.min
    private var date: [UInt8] = []

    /// Reads both clocks.
    mutating func read() -> LoopTime {
        // time(2) cannot fail with no place to write to.
        let now = time(nil)
        if now != second {
            second = now
            date = Array(CivilTime(secondsSinceEpoch: now).imfFixdate.utf8)
        }
        return LoopTime(instant: .now, date: date)
    }
}
