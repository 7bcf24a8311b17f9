// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import HeapModule

/// When each connector is to be polled next.
///
/// Polls are spread over the interval: each connector has a place of its own in it, which follows from its id. Times
/// are of `PollingClock.uptime`.
///
/// Where the budget is short, the interval stretches evenly. Connectors with something open are then polled more
/// often than that, for up to half of all polls, and the others less. So none waits longer than `worstInterval`,
/// twice the even interval, between the end of a poll and the time when the next is due; and of the polls that are
/// due, every other one is a quiet connector's, the longest overdue first, so that whatever the API grants, none
/// starves.
package struct PollSchedule: Sendable {
    private struct Entry {
        var due: Double
        /// The only turn in a heap that counts; older ones are passed over.
        var turn = 0
        var isRunning = false
        /// Whether something is open there: an operation, or a rekey.
        var isOpen = false
        /// Whether it has not been polled at its own place in the interval yet.
        var isNew: Bool
        /// Polls in a row that failed for a reason that lasts.
        var lastingFailures = 0
    }

    private struct Turn: Comparable {
        let due: Double
        let key: ConnectorKey
        let number: Int

        static func < (left: Self, right: Self) -> Bool {
            left.due != right.due ? left.due < right.due : left.key < right.key
        }
    }

    /// The longest wait before a connector that fails for a lasting reason is asked again, in seconds.
    private static let longestBackOff = 600.0

    /// The part of all polls that goes to connectors with something open where the budget is short.
    private static let openShare = 0.5

    /// How much of an interval a poll may come early, so that connectors drift back to their own places when the
    /// interval has changed; it bounds what that costs.
    private static let drift = 0.1

    private let asked: Double

    /// What the budget allows.
    private var pollsPerSecond = Double.infinity

    private var entries: [ConnectorKey: Entry] = [:]
    private var counts: [String: Int] = [:]
    private var openCount = 0
    private var turns = 0
    private var openTurns = Heap<Turn>()
    private var quietTurns = Heap<Turn>()

    /// Whether the newest poll passed over a quiet connector that was due.
    private var owesQuiet = false

    package init(interval: Double) {
        asked = interval
    }

    package var count: Int { entries.count }

    /// How many connectors of an account are polled.
    package func count(of account: String) -> Int { counts[account] ?? 0 }

    package var keys: some Collection<ConnectorKey> { entries.keys }

    package func contains(_ key: ConnectorKey) -> Bool { entries[key] != nil }

    /// When the next connector is due; `nil` where none is waiting.
    package var nextDue: Double? {
        [openTurns.min?.due, quietTurns.min?.due].compactMap(\.self).min()
    }

    /// Adds a connector.
    ///
    /// - Parameters:
    ///   - key: the connector; one that is there already keeps its time.
    ///   - isNew: whether it has never been polled, so that its history is read at once.
    ///   - isOpen: whether something is open there.
    ///   - now: the current time.
    package mutating func add(_ key: ConnectorKey, isNew: Bool, isOpen: Bool = false, at now: Double) {
        guard entries[key] == nil else { return }
        let due = isNew ? now : place(of: key, in: interval, after: now)
        entries[key] = Entry(due: due, isOpen: isOpen, isNew: isNew)
        counts[key.account, default: 0] += 1
        if isOpen { openCount += 1 }
        enqueue(key)
    }

    /// Places all that were polled before anew, after many were added at once and the interval has changed.
    package mutating func spread(at now: Double) {
        for (key, entry) in entries where !entry.isNew && !entry.isRunning {
            let own = entry.isOpen ? openInterval : quietInterval
            let due = place(of: key, in: own, after: now)
            entries[key]?.due = due
            enqueue(key)
        }
    }

    package mutating func remove(_ key: ConnectorKey) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        if entry.isOpen { openCount -= 1 }
        counts[key.account, default: 1] -= 1
        prune()
    }

    /// Takes connectors whose time has come, the longest overdue first; those with something open and the others
    /// take turns where both are due.
    ///
    /// - Returns: at most `limit` connectors; each stays taken until `finish`.
    /// - Complexity: O(log n) for each.
    package mutating func take(atMost limit: Int, at now: Double) -> [ConnectorKey] {
        var taken: [ConnectorKey] = []
        while taken.count < limit, let key = takeOne(at: now) { taken.append(key) }
        return taken
    }

    private mutating func takeOne(at now: Double) -> ConnectorKey? {
        let openIsDue = openTurns.min.map { $0.due <= now } ?? false
        let quietIsDue = quietTurns.min.map { $0.due <= now } ?? false
        let takesOpen = openIsDue && !(quietIsDue && owesQuiet)
        guard takesOpen || quietIsDue else { return nil }
        owesQuiet = takesOpen && quietIsDue
        guard let turn = takesOpen ? openTurns.popMin() : quietTurns.popMin() else { return nil }
        entries[turn.key]?.isRunning = true
        prune()
        return turn.key
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
        if entry.isOpen != isOpen { openCount += isOpen ? 1 : -1 }
        entry.isRunning = false
        entry.isOpen = isOpen
        entry.lastingFailures = failure?.isLasting == true ? entry.lastingFailures + 1 : 0
        let own = isOpen ? openInterval : quietInterval
        let next = place(of: key, in: own, after: now)
        // One that was far too late, as all are after a pause, goes straight to its place, lest all stay together.
        let keepsDistance = !entry.isNew && now - entry.due <= own / 2
        entry.due = keepsDistance ? max(next, entry.due + own * (1 - Self.drift)) : next
        entry.isNew = false
        if entry.lastingFailures > 0 {
            let doublings = Double(1 << min(entry.lastingFailures - 1, 10))
            entry.due = max(entry.due, now + min(Self.longestBackOff, interval * doublings))
        }
        entries[key] = entry
        enqueue(key)
    }

    /// Takes a connector out of turn, for work other than a poll.
    ///
    /// - Returns: `false` where it is not there or is taken already.
    package mutating func hold(_ key: ConnectorKey) -> Bool {
        guard entries[key]?.isRunning == false else { return false }
        entries[key]?.isRunning = true
        prune()
        return true
    }

    /// Puts a held connector back; its time stays as it was.
    package mutating func release(_ key: ConnectorKey) {
        guard entries[key]?.isRunning == true else { return }
        entries[key]?.isRunning = false
        enqueue(key)
    }

    /// Polls connectors of an account soon that were put off because they failed for a lasting reason.
    package mutating func forgive(account: String, at now: Double) {
        for (key, entry) in entries where key.account == account && entry.lastingFailures > 0 {
            entries[key]?.lastingFailures = 0
            let due = min(entry.due, place(of: key, in: interval, after: now))
            entries[key]?.due = due
            if !entry.isRunning { enqueue(key) }
        }
    }
}

// MARK: - Intervals

extension PollSchedule {
    /// Takes note of what the budget allows; where one round costs more than it gives, the interval stretches.
    ///
    /// - Parameters:
    ///   - cost: requests of one poll, on average.
    ///   - rate: requests per second that polls may count on.
    package mutating func fit(cost: Double, rate: Double) { pollsPerSecond = rate / cost }

    /// The even interval, in seconds; longer than the one asked for where the budget does not allow that.
    package var interval: Double { max(asked, Double(entries.count) / pollsPerSecond) }

    /// The interval of connectors with something open, in seconds; never longer than the even one.
    package var openInterval: Double {
        min(interval, max(asked, Double(openCount) / (pollsPerSecond * Self.openShare)))
    }

    /// The interval of the others, in seconds: they share what the open ones leave.
    package var quietInterval: Double {
        guard openCount < entries.count else { return interval }
        let left = pollsPerSecond - Double(openCount) / openInterval
        return min(worstInterval, max(interval, Double(entries.count - openCount) / left))
    }

    /// What no connector's interval is longer than, in seconds.
    package var worstInterval: Double { interval / Self.openShare }

    /// Polls per second, at the interval in force.
    package var rate: Double { Double(entries.count) / interval }

    /// The connector's own moment of an interval: the next one, at most an interval away.
    private func place(of key: ConnectorKey, in interval: Double, after now: Double) -> Double {
        let offset = Double(StableHash.of(key.connector) >> 11) / Double(1 << 53) * interval
        // A moment that is now but for rounding has passed.
        return (((now - offset) / interval + 1e-6).rounded(.down) + 1) * interval + offset
    }
}

// MARK: - The heaps

extension PollSchedule {
    private mutating func enqueue(_ key: ConnectorKey) {
        turns += 1
        entries[key]?.turn = turns
        guard let entry = entries[key] else { return }
        let turn = Turn(due: entry.due, key: key, number: turns)
        if entry.isOpen { openTurns.insert(turn) } else { quietTurns.insert(turn) }
        // Turns that no longer count leave when they reach the top, or all at once when they are the greater part.
        if openTurns.count + quietTurns.count > 2 * entries.count + 64 {
            openTurns = Heap(openTurns.unordered.filter(isValid))
            quietTurns = Heap(quietTurns.unordered.filter(isValid))
        }
        prune()
    }

    /// Removes what no longer counts from the tops, so that they say what is next.
    private mutating func prune() {
        while let top = openTurns.min, !isValid(top) { openTurns.removeMin() }
        while let top = quietTurns.min, !isValid(top) { quietTurns.removeMin() }
    }

    private func isValid(_ turn: Turn) -> Bool {
        guard let entry = entries[turn.key] else { return false }
        return entry.turn == turn.number && !entry.isRunning
    }
}
