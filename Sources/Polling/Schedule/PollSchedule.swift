// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
package import LinuxSystem

/// The due time of each connector's next poll.
///
/// Polls are spread over the interval: each connector has its own slot in it, which depends only on its id.
///
/// If the budget is short, the interval stretches evenly. Connectors with an open operation or rekey are polled more
/// often, with up to half of all polls, and quiet connectors less often. No connector waits longer than `worstInterval`,
/// twice the even interval, between the end of a poll and the next due time. If both kinds are due, they take turns, and
/// the longest overdue connector goes first. So no connector starves, whatever the API allows.
package struct PollSchedule: Sendable {
    private struct Entry {
        var due: Uptime
        var isRunning = false
        /// Whether an operation or a rekey is open.
        var isOpen = false
        /// Whether the connector was not polled in its own slot yet.
        var isNew: Bool
        /// The number of consecutive persistent failures.
        var persistentFailures = 0
    }

    /// Maximum delay after a persistent failure, in seconds.
    private static let longestBackoff = 600.0

    /// Maximum share of polls for open connectors if the budget is short.
    private static let openShare = 0.5

    /// How early a poll may be, as a share of the interval.
    ///
    /// After the interval has changed, early polls let connectors drift back to their own slots.
    private static let drift = 0.1

    private let configuredInterval: Double

    /// The rate that the budget allows.
    private var pollsPerSecond = Double.infinity

    private var entries: [ConnectorKey: Entry] = [:]
    private var counts: [String: Int] = [:]
    private var openCount = 0

    /// The waiting connectors with an open operation or rekey.
    private var openQueue = DueQueue()

    /// The other waiting connectors.
    private var quietQueue = DueQueue()

    /// Whether the next turn belongs to a quiet connector, if one is due.
    private var isQuietTurn = false

    /// Makes an empty schedule.
    ///
    /// - Parameter interval: The configured interval, in seconds.
    package init(interval: Double) {
        configuredInterval = interval
    }

    /// The number of connectors.
    package var count: Int { entries.count }

    /// Returns the number of connectors of an account.
    package func count(of account: String) -> Int { counts[account] ?? 0 }

    /// The connectors.
    package var keys: some Collection<ConnectorKey> { entries.keys }

    /// Whether a connector is scheduled.
    package func contains(_ key: ConnectorKey) -> Bool { entries[key] != nil }

    /// The earliest due time; `nil` if no connector is waiting.
    package var nextDue: Uptime? {
        [openQueue.firstDue, quietQueue.firstDue].compactMap(\.self).min()
    }

    /// Adds a connector, unless it is scheduled.
    ///
    /// - Parameters:
    ///   - key: The connector.
    ///   - isNew: Whether it has never been polled. Its history is then read at once.
    ///   - isOpen: Whether an operation or a rekey is open.
    ///   - now: The current time.
    package mutating func add(_ key: ConnectorKey, isNew: Bool, isOpen: Bool = false, at now: Uptime) {
        guard entries[key] == nil else { return }
        let due = isNew ? now : slot(of: key, in: interval, after: now)
        entries[key] = Entry(due: due, isOpen: isOpen, isNew: isNew)
        counts[key.account, default: 0] += 1
        if isOpen { openCount += 1 }
        enqueue(key)
    }

    /// Moves all connectors to their slots, after many were added at once and the interval has changed.
    package mutating func spread(at now: Uptime) {
        for (key, entry) in entries where !entry.isNew && !entry.isRunning {
            let due = slot(of: key, in: entry.isOpen ? openInterval : quietInterval, after: now)
            entries[key]?.due = due
            enqueue(key)
        }
    }

    /// Removes a connector.
    package mutating func remove(_ key: ConnectorKey) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        if entry.isOpen { openCount -= 1 }
        counts[key.account, default: 1] -= 1
        dequeue(key)
    }

    /// Takes connectors that are due, the longest overdue first.
    ///
    /// Open and quiet connectors take turns if both are due.
    ///
    /// - Returns: at most `limit` connectors. Each one stays taken until `finish`.
    /// - Complexity: O(log n) for each.
    package mutating func take(atMost limit: Int, at now: Uptime) -> [ConnectorKey] {
        var taken: [ConnectorKey] = []
        while taken.count < limit, let key = takeOne(at: now) { taken.append(key) }
        return taken
    }

    private mutating func takeOne(at now: Uptime) -> ConnectorKey? {
        let openIsDue = openQueue.firstDue.map { $0 <= now } ?? false
        let quietIsDue = quietQueue.firstDue.map { $0 <= now } ?? false
        let takesOpen = openIsDue && !(quietIsDue && isQuietTurn)
        guard takesOpen || quietIsDue else { return nil }
        isQuietTurn = takesOpen && quietIsDue
        guard let key = takesOpen ? openQueue.popFirst() : quietQueue.popFirst() else { return nil }
        entries[key]?.isRunning = true
        return key
    }

    /// Schedules the next poll of a connector.
    ///
    /// - Parameters:
    ///   - key: The connector. If it was removed meanwhile, it stays removed.
    ///   - isOpen: Whether an operation or a rekey is open.
    ///   - failure: The failure of the poll, if it failed.
    ///   - now: The end of the poll.
    package mutating func finish(_ key: ConnectorKey, isOpen: Bool, failure: PollFailure?, at now: Uptime) {
        guard var entry = entries[key] else { return }
        if entry.isOpen != isOpen { openCount += isOpen ? 1 : -1 }
        entry.isRunning = false
        entry.isOpen = isOpen
        entry.persistentFailures = failure?.isPersistent == true ? entry.persistentFailures + 1 : 0
        let own = isOpen ? openInterval : quietInterval
        let next = slot(of: key, in: own, after: now)
        // A very late connector goes directly to its slot. After a pause, all are late and would stay together otherwise.
        let keepsDistance = !entry.isNew && now - entry.due <= own / 2
        entry.due = keepsDistance ? max(next, entry.due + own * (1 - Self.drift)) : next
        entry.isNew = false
        if entry.persistentFailures > 0 {
            let doublings = Double(1 << min(entry.persistentFailures - 1, 10))
            entry.due = max(entry.due, now + min(Self.longestBackoff, interval * doublings))
        }
        entries[key] = entry
        enqueue(key)
    }

    /// Takes a connector out of turn, for work other than a poll.
    ///
    /// - Returns: `false` if it is not scheduled or already taken.
    package mutating func hold(_ key: ConnectorKey) -> Bool {
        guard entries[key]?.isRunning == false else { return false }
        entries[key]?.isRunning = true
        dequeue(key)
        return true
    }

    /// Puts a held connector back.
    ///
    /// Its due time does not change.
    package mutating func release(_ key: ConnectorKey) {
        guard entries[key]?.isRunning == true else { return }
        entries[key]?.isRunning = false
        enqueue(key)
    }

    /// Ends the delays after persistent failures in an account.
    package mutating func resetBackoff(account: String, at now: Uptime) {
        for (key, entry) in entries where key.account == account && entry.persistentFailures > 0 {
            entries[key]?.persistentFailures = 0
            let due = min(entry.due, slot(of: key, in: interval, after: now))
            entries[key]?.due = due
            if !entry.isRunning { enqueue(key) }
        }
    }

    private mutating func enqueue(_ key: ConnectorKey) {
        dequeue(key)
        guard let entry = entries[key] else { return }
        if entry.isOpen {
            openQueue.insert(key, due: entry.due)
        } else {
            quietQueue.insert(key, due: entry.due)
        }
    }

    private mutating func dequeue(_ key: ConnectorKey) {
        openQueue.remove(key)
        quietQueue.remove(key)
    }
}

// MARK: - Intervals

extension PollSchedule {
    /// Adapts the interval to the budget.
    ///
    /// If one round of polls exceeds the rate, the interval stretches.
    ///
    /// - Parameters:
    ///   - cost: The average number of requests per poll.
    ///   - rate: The number of requests per second that polls may use.
    package mutating func adaptInterval(cost: Double, rate: Double) { pollsPerSecond = rate / cost }

    /// Returns the even interval of a number of quiet connectors, in seconds.
    ///
    /// - Parameters:
    ///   - connectors: The connectors that share the budget.
    ///   - interval: The configured interval, in seconds.
    ///   - budget: The budget.
    /// - Returns: the configured interval, or a longer one.
    package static func expectedInterval(
        connectors: Int,
        interval: Double,
        budget: RequestBudget
    ) -> Double {
        let rate = TokenRateLimiter.pollRate(of: budget) / PollCost.initial
        return max(interval, Double(connectors) / rate)
    }

    /// The even interval, in seconds.
    ///
    /// It is the configured one, or longer if the budget is short.
    package var interval: Double { max(configuredInterval, Double(entries.count) / pollsPerSecond) }

    /// The interval of open connectors, in seconds; at most the even one.
    package var openInterval: Double {
        min(interval, max(configuredInterval, Double(openCount) / (pollsPerSecond * Self.openShare)))
    }

    /// The interval of quiet connectors, in seconds.
    ///
    /// They share the polls that open connectors leave.
    package var quietInterval: Double {
        guard openCount < entries.count else { return interval }
        let rest = pollsPerSecond - Double(openCount) / openInterval
        return min(worstInterval, max(interval, Double(entries.count - openCount) / rest))
    }

    /// Maximum interval of any connector, in seconds.
    package var worstInterval: Double { interval / Self.openShare }

    /// The number of polls per second at the current interval.
    package var rate: Double { Double(entries.count) / interval }

    /// Returns the next start of the connector's slot, at most one interval from now.
    private func slot(of key: ConnectorKey, in interval: Double, after now: Uptime) -> Uptime {
        let offset = Double(StableHash.of(key.connector) >> 11) / Double(1 << 53) * interval
        // The small addend treats a slot that starts now, except for rounding, as past.
        let passed = ((now.seconds - offset) / interval + 1e-6).rounded(.down)
        return Uptime(seconds: (passed + 1) * interval + offset)
    }
}
