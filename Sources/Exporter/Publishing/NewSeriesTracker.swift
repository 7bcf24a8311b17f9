// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import LinuxSystem

/// The counter series of one connector that must first be exposed as 0.
///
/// Prometheus does not count the first value of a series: `increase()` of a series that starts at 3 is 0. So a series
/// that appears after its connector is pending and shows 0. It becomes visible, and shows its count, once all regular
/// scrapers have received the 0, or after five minutes. The series that appear together with the connector are history,
/// and are visible at once.
struct NewSeriesTracker {
    /// A counter series of the connector.
    enum Series: Hashable {
        case events(EventKind)
        case rekeys(tunnel: String)
    }

    private struct PendingSeries {
        /// The first body with the series; `nil` until it is built.
        var generation: Int?
        let deadline: Uptime
    }

    /// The maximum time that a series shows 0, in seconds.
    private static let maxPending = 300.0

    private var visible: Set<Series> = []
    private var pending: [Series: PendingSeries] = [:]
    private var hasEvents = false
    private var hasRekeys = false

    /// Adds the series that the connector has now.
    ///
    /// - Parameters:
    ///   - kinds: the kinds with events, after the first complete poll.
    ///   - tunnels: the tunnels with counters; `nil` until the payloads of the imported history have been read.
    ///   - now: the current time.
    mutating func add(kinds: [EventKind], tunnels: [String]?, at now: Uptime) {
        let deadline = now + Self.maxPending
        for kind in kinds where !kind.isDocumented {
            add(.events(kind), isHistory: !hasEvents, deadline: deadline)
        }
        hasEvents = true
        guard let tunnels else { return }
        forgetTunnels(except: tunnels)
        for tunnel in tunnels {
            add(.rekeys(tunnel: tunnel), isHistory: !hasRekeys, deadline: deadline)
        }
        hasRekeys = true
    }

    /// Removes the series of forgotten tunnels.
    ///
    /// If such a tunnel has an event again, its series are new.
    private mutating func forgetTunnels(except tunnels: [String]) {
        let kept = Set(tunnels)
        func isKept(_ series: Series) -> Bool {
            if case .rekeys(let tunnel) = series { kept.contains(tunnel) } else { true }
        }
        visible = visible.filter(isKept)
        pending = pending.filter { isKept($0.key) }
    }

    private mutating func add(_ series: Series, isHistory: Bool, deadline: Uptime) {
        guard !visible.contains(series), pending[series] == nil else { return }
        if isHistory {
            visible.insert(series)
        } else {
            pending[series] = PendingSeries(generation: nil, deadline: deadline)
        }
    }

    /// Returns whether a series must show 0.
    func isPending(_ series: Series) -> Bool { pending[series] != nil }

    /// Records the body that contains all series added so far.
    mutating func recordBody(_ generation: Int) {
        for (series, entry) in pending where entry.generation == nil {
            pending[series]?.generation = generation
        }
    }

    /// Makes series visible that all regular scrapers have received as 0, or whose deadline has passed.
    ///
    /// - Parameters:
    ///   - generation: the newest body that all regular scrapers have received.
    ///   - now: the current time.
    /// - Returns: whether any series became visible.
    mutating func promote(received generation: Int, at now: Uptime) -> Bool {
        let ready = pending.filter { _, entry in
            entry.deadline <= now || entry.generation.map { $0 <= generation } ?? false
        }
        for series in ready.keys {
            pending[series] = nil
            visible.insert(series)
        }
        return !ready.isEmpty
    }

    /// The next time at which a series becomes visible without a scrape; `nil` if none is pending.
    var nextDeadline: Uptime? { pending.values.map(\.deadline).min() }
}
