// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import LinuxSystem

/// The due time of each connector's next snapshot poll.
///
/// If the budget is short, the interval stretches evenly.
struct SnapshotSchedule: Sendable {
    private let configuredInterval: Double?

    /// The rate that the budget allows, in requests per second.
    private var requestsPerSecond = Double.infinity

    private var keys: Set<ConnectorKey> = []
    private var queue = DueQueue()

    /// Makes an empty schedule.
    ///
    /// - Parameter interval: The configured interval in seconds; `nil` if snapshots are not read.
    init(interval: Double?) {
        configuredInterval = interval
    }

    var isEnabled: Bool { configuredInterval != nil }

    /// The minimum time between two polls of a connector, in seconds.
    var interval: Double {
        max(configuredInterval ?? .infinity, Double(keys.count) / requestsPerSecond)
    }

    /// The number of polls per second at the current interval.
    var rate: Double { isEnabled ? Double(keys.count) / interval : 0 }

    /// The earliest due time; `nil` if no connector is waiting.
    var nextDue: Uptime? { queue.firstDue }

    mutating func adaptInterval(rate: Double) { requestsPerSecond = rate }

    func contains(_ key: ConnectorKey) -> Bool { keys.contains(key) }

    /// Adds a connector.
    ///
    /// Its first poll is at a time within one interval that depends on its id.
    mutating func add(_ key: ConnectorKey, at now: Uptime) {
        guard isEnabled, keys.insert(key).inserted else { return }
        let share = Double(StableHash.of(key.connector) >> 11) / Double(1 << 53)
        queue.insert(key, due: now + share * (configuredInterval ?? 0))
    }

    mutating func remove(_ key: ConnectorKey) {
        keys.remove(key)
        queue.remove(key)
    }

    /// Takes a connector that is due.
    ///
    /// It stays taken until `schedule`.
    mutating func take(at now: Uptime) -> ConnectorKey? {
        guard let due = queue.firstDue, due <= now else { return nil }
        return queue.popFirst()
    }

    /// Schedules the next poll of a connector, unless it was removed meanwhile.
    mutating func schedule(_ key: ConnectorKey, after seconds: Double, at now: Uptime) {
        guard keys.contains(key) else { return }
        queue.insert(key, due: now + max(seconds, interval))
    }
}
