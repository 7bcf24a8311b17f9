// SPDX-License-Identifier: Apache-2.0

import LinuxSystem

/// The time that lines of the event log wait for the payloads of their events.
///
/// Most payloads follow within a second. Those of imported history may take hours, because they use spare requests.
struct PayloadWait {
    /// The maximum wait, in seconds.
    static let maximum = 60.0

    /// The last counted position at some times, oldest first.
    private var marks: [(position: Int, time: Uptime)] = []

    /// The last position whose wait is over.
    private var overUntil = 0

    /// Records which events have been counted.
    mutating func record(lastPosition position: Int, at now: Uptime) {
        if position > marks.last?.position ?? overUntil { marks.append((position, now)) }
        while let first = marks.first, now - first.time >= Self.maximum {
            overUntil = first.position
            marks.removeFirst()
        }
    }

    /// Returns whether the line of an event must no longer wait.
    func isOver(for position: Int) -> Bool { position <= overUntil }
}
