// SPDX-License-Identifier: Apache-2.0

import EventLedger
import LinuxSystem

/// The time that lines wait for the payloads of their events.
///
/// Most payloads follow within a second. Those of imported history may take hours, because they use spare requests.
struct PayloadWait {
    /// The maximum wait, in seconds.
    private let maximum: Double

    /// The last counted position at some times, oldest first.
    private var marks: [(position: Int, time: Uptime)] = []

    /// The last position whose wait is over.
    private var overUntil: Int

    /// Creates a wait.
    ///
    /// - Parameters:
    ///   - seconds: the maximum wait.
    ///   - position: the position of the last line that must not wait.
    init(maximum seconds: Double, afterPosition position: Int = 0) {
        maximum = seconds
        overUntil = position
    }

    /// Records which events have been counted.
    mutating func record(lastPosition position: Int, at now: Uptime) {
        if position > marks.last?.position ?? overUntil { marks.append((position, now)) }
        while let first = marks.first, now - first.time >= maximum {
            overUntil = first.position
            marks.removeFirst()
        }
    }

    /// Returns whether the line of an event must no longer wait.
    func isOver(for event: RecordedEvent) -> Bool { !event.awaitsPayload || event.position <= overUntil }
}
