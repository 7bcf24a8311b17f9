// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import ConnectorSnapshots

/// The newest snapshot of one connector, and the rhythm of its snapshots.
///
/// The rhythm is documented nowhere, so it is measured.
struct SnapshotTracker: Sendable {
    /// The number of times from which the interval is computed.
    private static let maxTimes = 8

    /// Minimum age of a stale snapshot, in seconds, and the same in intervals.
    private static let minStaleSeconds = 900.0
    private static let staleIntervals = 3.0

    /// The pause after the expected arrival of a snapshot, in seconds.
    private static let margin = 3.0

    private(set) var snapshot: Snapshot?
    private(set) var lastSuccess: Timestamp?
    private(set) var pollSucceeded = false

    /// The number of consecutive failed polls.
    private(set) var failures = 0

    /// Whether the list of snapshots was read or tried.
    var hasListed = false

    /// When the newest snapshots were recorded, oldest first.
    private var times: [Int] = []

    /// The seconds from recording to collection of a snapshot.
    private var delay = 0.0

    /// The devices that had DHCP leases.
    private var leaseDevices: Set<String> = []

    /// Records the times of earlier snapshots.
    mutating func record(times recorded: [(t: Int, collectedAt: Int)]) {
        let sorted = recorded.sorted { $0.t < $1.t }
        for time in sorted { add(time.t) }
        let delays = sorted.map { max(0, $0.collectedAt - $0.t) }.sorted()
        if !delays.isEmpty { delay = Double(delays[delays.count / 2]) }
    }

    /// Records a successful poll.
    ///
    /// - Parameters:
    ///   - newest: The newest snapshot; `nil` if the connector has none.
    ///   - now: The end of the poll.
    /// - Returns: the snapshot before, if this one is new.
    mutating func recordSuccess(_ newest: Snapshot?, at now: Timestamp) -> Snapshot? {
        pollSucceeded = true
        lastSuccess = now
        failures = 0
        guard var newest, newest.t > snapshot?.t ?? -1 else { return nil }
        // The boot time is computed from the clock, and varies between readings.
        if let boot = newest.bootTime, let before = snapshot?.bootTime, abs(boot - before) < 3 {
            newest.bootTime = before
        }
        newest.addLeaseDevices(leaseDevices)
        leaseDevices = Set(leaseDevices.union(newest.leaseDevices).sorted().prefix(64))
        let previous = snapshot
        snapshot = newest
        add(newest.t)
        return previous
    }

    mutating func recordFailure() {
        pollSucceeded = false
        failures += 1
    }

    private mutating func add(_ t: Int) {
        guard t > times.last ?? -1 else { return }
        times.append(t)
        if times.count > Self.maxTimes { times.removeFirst() }
    }

    /// The time between two snapshots in seconds: the median of the newest differences; `nil` if unknown.
    var interval: Double? {
        let differences = zip(times, times.dropFirst()).map { $1 - $0 }.sorted()
        return differences.isEmpty ? nil : Double(differences[differences.count / 2])
    }

    /// When the snapshot is too old to describe the connector.
    ///
    /// - Parameter pollInterval: The interval of snapshot polls, in seconds.
    /// - Returns: three intervals after its recording, at least 15 minutes; `nil` without a snapshot.
    func staleAt(pollInterval: Double) -> Timestamp? {
        snapshot.map { snapshot in
            let longest = max(interval ?? 0, pollInterval)
            return Timestamp(snapshot.t) + max(Self.minStaleSeconds, Self.staleIntervals * longest)
        }
    }

    /// Returns the seconds until the next poll, which is aimed at the arrival of the next snapshot.
    ///
    /// - Parameters:
    ///   - now: The current time.
    ///   - minimum: The interval of snapshot polls, in seconds.
    /// - Returns: at least the minimum.
    func secondsToNextPoll(at now: Timestamp, minimum: Double) -> Double {
        guard let snapshot, let interval, interval > 0 else { return minimum }
        let earliest = now + minimum
        let arrival = Timestamp(snapshot.t) + delay + Self.margin
        let rounds = max(1, ((earliest - arrival) / interval).rounded(.up))
        // A silent connector, or one whose clock is wrong, is polled at the minimum interval.
        guard rounds < 1000 else { return minimum }
        return min(max(minimum, arrival + rounds * interval - now), max(minimum, 2 * interval))
    }
}
