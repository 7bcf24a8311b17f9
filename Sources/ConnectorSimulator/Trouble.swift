// SPDX-License-Identifier: Apache-2.0

/// What goes wrong for long enough to be seen when the simulator starts, so that a demonstration has something to show.
enum Trouble: Sendable, CaseIterable {
    /// Every attestation fails.
    case failingAttestations
    /// The rekey of the first tunnel was started and goes no further.
    case stuckRekey
    /// A PKI rotation was started and does not finish.
    case stuckRotation

    /// How long before the start it begins, in real seconds.
    private var before: Double {
        switch self {
        case .failingAttestations: 3 * 3600
        case .stuckRekey: 45 * 60
        case .stuckRotation: 90 * 60
        }
    }

    /// When it is, in seconds of life: until six hours after the start.
    ///
    /// It is measured in real time, so that it is past the exporter's thresholds at any speed of life.
    func moments(on timeline: Timeline) -> Range<Double> {
        // After the first boot, where there is no history to speak of.
        let begin = max(timeline.historyLength - before * timeline.historySpeed, 30)
        let end = timeline.speed > 0 ? timeline.historyLength + 6 * 3600 * timeline.speed : .infinity
        return begin..<max(begin, end)
    }

    /// The trouble of the connector of a number, if it has one: three connectors in twenty-five.
    static func of(index: Int) -> Trouble? {
        switch index % 25 {
        case 1: .failingAttestations
        case 2: .stuckRekey
        case 3: .stuckRotation
        default: nil
        }
    }
}
