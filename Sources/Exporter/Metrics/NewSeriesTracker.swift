// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// Counter series of one connector that are too young to show their count.
///
/// Prometheus does not count a series' first value: `increase()` of a series that begins at 3 is 0. A series
/// that is born after its connector was first shown therefore shows 0 until one scrape has seen it, or for
/// one poll interval. What is there when the connector is first shown is history, and shows its count at
/// once.
struct NewSeriesTracker {
    /// A counter series within its connector.
    enum Series: Hashable {
        case events(EventKind)
        case rekeys(tunnel: String)
    }

    private struct Birth {
        /// The first body that shows the series; `nil` until it is made.
        var generation: Int?
        let deadline: Double
    }

    private var grown: Set<Series> = []
    private var young: [Series: Birth] = [:]
    private var hasEvents = false
    private var hasRekeys = false

    /// Takes note of the series that a connector now has.
    ///
    /// - Parameters:
    ///   - kinds: that it has events of; to be asked only once its first poll is complete.
    ///   - tunnels: with counters; `nil` until the payloads of its history are there.
    ///   - now: in seconds since the Unix epoch.
    ///   - interval: the poll interval, in seconds.
    mutating func note(kinds: [EventKind], tunnels: [String]?, at now: Double, interval: Double) {
        for kind in kinds where !kind.isDocumented {
            note(.events(kind), isHistory: !hasEvents, deadline: now + interval)
        }
        hasEvents = true
        guard let tunnels else { return }
        for tunnel in tunnels {
            note(.rekeys(tunnel: tunnel), isHistory: !hasRekeys, deadline: now + interval)
        }
        hasRekeys = true
    }

    private mutating func note(_ series: Series, isHistory: Bool, deadline: Double) {
        guard !grown.contains(series), young[series] == nil else { return }
        if isHistory {
            grown.insert(series)
        } else {
            young[series] = Birth(generation: nil, deadline: deadline)
        }
    }

    /// Whether a series has still to show 0.
    func isYoung(_ series: Series) -> Bool { young[series] != nil }

    /// Takes note that the young series are in a body.
    mutating func appear(in generation: Int) {
        for (series, birth) in young where birth.generation == nil { young[series]?.generation = generation }
    }

    /// Lets series show their count that a scrape has seen, or that have waited for long enough.
    ///
    /// - Returns: whether there were any.
    mutating func grow(seen generation: Int, at now: Double) -> Bool {
        let ready = young.filter { _, birth in
            birth.deadline <= now || birth.generation.map { $0 <= generation } ?? false
        }
        for series in ready.keys {
            young[series] = nil
            grown.insert(series)
        }
        return !ready.isEmpty
    }

    /// When the next series shows its count even if nobody scrapes.
    var nextDeadline: Double? { young.values.map(\.deadline).min() }
}
