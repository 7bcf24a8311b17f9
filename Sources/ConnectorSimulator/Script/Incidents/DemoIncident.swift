// SPDX-License-Identifier: Apache-2.0

/// An incident that is in progress when the simulator starts, so that a demonstration shows alerts at once.
enum DemoIncident: Sendable, CaseIterable {
    case failingAttestations
    /// The rekey of the first tunnel has started and does not advance.
    case stuckRekey
    /// A PKI rotation has started and does not finish.
    case stuckRotation

    /// The time from its beginning to the simulator's start, in real seconds.
    private var before: Double {
        switch self {
        case .failingAttestations: 3 * 3600
        case .stuckRekey: 45 * 60
        case .stuckRotation: 90 * 60
        }
    }

    /// Returns the script seconds of the incident, which ends six hours after the simulator's start.
    ///
    /// Its length is measured in real time, so that it exceeds the exporter's thresholds at any script speed.
    func moments(on timeline: Timeline) -> Range<Double> {
        // Not before the first start, if the history is very short.
        let begin = max(timeline.historyLength - before * timeline.historySpeed, 30)
        let end = timeline.speed > 0 ? timeline.historyLength + 6 * 3600 * timeline.speed : .infinity
        return begin..<max(begin, end)
    }

    /// Returns the incident of one connector; three connectors of every 25 have one.
    static func of(index: Int) -> DemoIncident? {
        switch index % 25 {
        case 1: .failingAttestations
        case 2: .stuckRekey
        case 3: .stuckRotation
        default: nil
        }
    }
}
