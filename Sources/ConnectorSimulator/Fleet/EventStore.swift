// SPDX-License-Identifier: Apache-2.0

/// The events of one connector, sorted by (t, n) and with unique identities.
struct EventStore: Sendable {
    private(set) var events: [SimulatedEvent] = []

    /// Returns the index of the first event at or after a position.
    ///
    /// - Complexity: O(log n).
    func index(notBefore position: EventPosition) -> Int {
        var low = 0
        var high = events.count
        while low < high {
            let middle = (low + high) / 2
            if events[middle].position < position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func index(after position: EventPosition) -> Int {
        let first = index(notBefore: position)
        return first < events.count && events[first].position == position ? first + 1 : first
    }

    /// Returns the indices of the events that were recorded between two times, both included.
    func indices(from: Int, to: Int) -> Range<Int> {
        let low = index(notBefore: EventPosition(t: from, n: .min))
        return low..<max(low, index(after: EventPosition(t: to, n: .max)))
    }

    func event(at position: EventPosition) -> SimulatedEvent? {
        let first = index(notBefore: position)
        guard first < events.count, events[first].position == position else { return nil }
        return events[first]
    }

    /// Inserts an event at its position.
    ///
    /// - Returns: `false` if the identity exists already; nothing changes then.
    /// - Complexity: O(1) if the event is newer than all others.
    @discardableResult mutating func insert(_ event: SimulatedEvent) -> Bool {
        guard let last = events.last, event.position <= last.position else {
            events.append(event)
            return true
        }
        let place = index(notBefore: event.position)
        if events[place].position == event.position { return false }
        events.insert(event, at: place)
        return true
    }

    /// Removes the generated events that the API does not list yet.
    ///
    /// - Parameter now: seconds since the Unix epoch.
    /// - Returns: the removed events, in order.
    mutating func removePending(at now: Int) -> [SimulatedEvent] {
        let pending = events.filter { $0.a > now && !$0.isInjected }
        events.removeAll { $0.a > now && !$0.isInjected }
        return pending
    }
}
