// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The events of a connector that have been collected, as the API lists them.
extension SimulatedConnector {
    /// Returns one page of events.
    ///
    /// - Parameters:
    ///   - query: the request of a client.
    ///   - order: the order of the whole list.
    ///   - now: seconds since the Unix epoch.
    /// - Returns: at most as many events as the query's limit.
    /// - Complexity: O(log n + m), where m is the number of events that were inspected.
    func page(_ query: EventQuery, order: EventOrder, now: Int) -> EventPage {
        let range = store.indices(from: query.from, to: query.to)
        let last = query.after
        var page = EventPage()
        page.events.reserveCapacity(min(query.limit, range.count))
        switch order {
        case .oldestFirst:
            let first = last.map { store.index(after: $0) } ?? range.lowerBound
            for index in max(first, range.lowerBound)..<max(first, range.upperBound)
            where !add(index, to: &page, query, now: now) {
                break
            }
        case .newestFirst:
            let end = min(last.map { store.index(notBefore: $0) } ?? range.upperBound, range.upperBound)
            for index in (range.lowerBound..<max(end, range.lowerBound)).reversed()
            where !add(index, to: &page, query, now: now) {
                break
            }
        }
        return page
    }

    /// Adds an event if it matches; returns `false` if the page is full.
    private func add(_ index: Int, to page: inout EventPage, _ query: EventQuery, now: Int) -> Bool {
        let isListed =
            store.events[index].a <= now && (query.kind == nil || store.events[index].kind == query.kind)
        guard isListed else { return true }
        guard page.events.count < query.limit else {
            page.hasMore = true
            return false
        }
        page.events.append(store.events[index])
        return true
    }

    /// Returns the position of the event that is some places behind another one in the order of the list.
    func position(
        _ places: Int,
        after position: EventPosition,
        order: EventOrder
    ) -> EventPosition {
        let index = store.index(notBefore: position) + (order == .oldestFirst ? places : -places)
        return store.events[max(0, min(index, store.events.count - 1))].position
    }

    /// Returns the newest events, newest first.
    func latest(_ count: Int, now: Int) -> [SimulatedEvent] {
        var events: [SimulatedEvent] = []
        for event in store.events.reversed() {
            if events.count == count { break }
            if event.a <= now { events.append(event) }
        }
        return events
    }

    /// Returns the event of an identity, if it has been collected.
    func event(at position: EventPosition, now: Int) -> SimulatedEvent? {
        store.event(at: position).flatMap { $0.a <= now ? $0 : nil }
    }

    /// Returns all collected events between two times, in order.
    func listed(from: Int, to: Int, now: Int) -> [SimulatedEvent] {
        store.events[store.indices(from: from, to: to)].filter { $0.a <= now }
    }
}
