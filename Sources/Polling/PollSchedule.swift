// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// When each connector is to be polled next.
///
/// Polls are spread over the interval: each connector has a phase of its own, which follows from its id, so
/// that it is the same after a restart. Times are of `PollingClock.uptime`.
package struct PollSchedule: Sendable {
    private struct Entry {
        var due: Double
        var isRunning = false
        /// Whether something is open there: an operation, or a rekey.
        var isOpen = false
        /// Polls in a row that failed for a reason that lasts.
        var lastingFailures = 0
    }

    /// The longest wait before a connector that fails for a lasting reason is asked again, in seconds.
    private static let longestBackOff = 600.0

    /// The interval in force, in seconds; longer than the one asked for where the budget does not allow that.
    package private(set) var interval: Double

    private let asked: Double
    private var entries: [ConnectorKey: Entry] = [:]

    package init(interval: Double) {
        asked = interval
        self.interval = interval
    }

    package var count: Int { entries.count }

    /// Polls per second, at the interval in force.
    package var rate: Double { Double(entries.count) / interval }

    package var keys: some Collection<ConnectorKey> { entries.keys }

    /// Adds a connector.
    ///
    /// - Parameters:
    ///   - key: the connector; one that is there already keeps its time.
    ///   - isNew: whether it has never been polled, so that its history is read at once.
    ///   - now: the current time.
    package mutating func add(_ key: ConnectorKey, isNew: Bool, at now: Double) {
        guard entries[key] == nil else { return }
        entries[key] = Entry(due: isNew ? now : now + phase(of: key) * interval)
    }

    package mutating func remove(_ key: ConnectorKey) {
        entries[key] = nil
    }

    /// Stretches the interval evenly where one round costs more than the budget gives.
    ///
    /// - Parameters:
    ///   - cost: requests of one poll, on average.
    ///   - rate: requests per second that polls may count on.
    package mutating func fit(cost: Double, rate: Double) {
        interval = max(asked, Double(entries.count) * cost / rate)
    }

    /// Takes connectors whose time has come, those with something open first, then the longest overdue.
    ///
    /// - Returns: at most `limit` connectors; each stays taken until `finish`.
    package mutating func take(atMost limit: Int, at now: Double) -> [ConnectorKey] {
        guard limit > 0 else { return [] }
        let due = entries.filter { !$0.value.isRunning && $0.value.due <= now }
        let first = due.sorted { left, right in
            if left.value.isOpen != right.value.isOpen { return left.value.isOpen }
            return left.value.due != right.value.due ? left.value.due < right.value.due : left.key < right.key
        }
        .prefix(limit).map(\.key)
        for key in first { entries[key]?.isRunning = true }
        return first
    }

    /// Puts a connector back after its poll.
    ///
    /// - Parameters:
    ///   - key: the connector; one that was removed meanwhile stays away.
    ///   - isOpen: whether something is open there.
    ///   - failure: why the poll failed, if it did.
    ///   - now: the end of the poll.
    package mutating func finish(_ key: ConnectorKey, isOpen: Bool, failure: PollFailure?, at now: Double) {
        guard var entry = entries[key] else { return }
        entry.isRunning = false
        entry.isOpen = isOpen
        entry.lastingFailures = failure?.isLasting == true ? entry.lastingFailures + 1 : 0
        entry.due = nextPhase(of: key, after: now)
        if entry.lastingFailures > 0 {
            let doublings = Double(1 << min(entry.lastingFailures - 1, 10))
            entry.due = max(entry.due, now + min(Self.longestBackOff, interval * doublings))
        }
        entries[key] = entry
    }

    package func contains(_ key: ConnectorKey) -> Bool { entries[key] != nil }

    /// Takes a connector outside its time, so that nothing else works on it.
    ///
    /// - Returns: whether it was free.
    package mutating func hold(_ key: ConnectorKey) -> Bool {
        guard entries[key]?.isRunning == false else { return false }
        entries[key]?.isRunning = true
        return true
    }

    /// Puts a held connector back; its time stays as it was.
    package mutating func release(_ key: ConnectorKey) {
        entries[key]?.isRunning = false
    }

    /// Polls connectors of an account soon that were put off because they failed for a lasting reason.
    package mutating func forgive(account: String, at now: Double) {
        for (key, entry) in entries where key.account == account && entry.lastingFailures > 0 {
            let due = min(entry.due, nextPhase(of: key, after: now))
            entries[key]?.lastingFailures = 0
            entries[key]?.due = due
        }
    }

    /// When the next connector is due; `nil` where none is waiting.
    package var nextDue: Double? {
        entries.values.lazy.filter { !$0.isRunning }.map(\.due).min()
    }

    /// The connector's own moment in the interval, at least half an interval away.
    private func nextPhase(of key: ConnectorKey, after now: Double) -> Double {
        let earliest = now + interval / 2
        let offset = phase(of: key) * interval
        return ((earliest - offset) / interval).rounded(.up) * interval + offset
    }

    /// A number in 0..<1 that only the id decides, unlike Swift's hashes, which change with every process.
    ///
    /// FNV-1a alone leaves ids that differ in their last letter close to each other; SplitMix64's last step does not.
    private func phase(of key: ConnectorKey) -> Double {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.connector.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        hash ^= hash >> 31
        return Double(hash >> 11) / Double(1 << 53)
    }
}
