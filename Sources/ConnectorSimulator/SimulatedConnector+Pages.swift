// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// What the API lists of a connector.
extension SimulatedConnector {
    /// Some events, and whether there are more.
    struct Page: Sendable {
        var events: [SimulatedEvent] = []
        var hasMore = false
    }

    /// The events that a query asks for, as far as they have been collected.
    ///
    /// - Parameters:
    ///   - query: what a client asks for.
    ///   - order: of the whole list.
    ///   - now: seconds since the Unix epoch.
    /// - Returns: no more events than the query's limit.
    /// - Complexity: O(log n) and the events passed over.
    func page(_ query: EventQuery, order: SimulatorConfiguration.Order, now: Int) -> Page {
        let range = store.indices(from: query.from, to: query.to)
        let last = query.cursor?.after
        var page = Page()
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

    /// Adds an event that is asked for; false once the page is full.
    private func add(_ index: Int, to page: inout Page, _ query: EventQuery, now: Int) -> Bool {
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

    /// Where the event stands that comes some places after another in the order of the list.
    func position(
        _ places: Int,
        after position: EventPosition,
        order: SimulatorConfiguration.Order
    ) -> EventPosition {
        let index = store.index(notBefore: position) + (order == .oldestFirst ? places : -places)
        return store.events[max(0, min(index, store.events.count - 1))].position
    }

    /// The newest events, newest first.
    func latest(_ count: Int, now: Int) -> [SimulatedEvent] {
        var events: [SimulatedEvent] = []
        for event in store.events.reversed() {
            if events.count == count { break }
            if event.a <= now { events.append(event) }
        }
        return events
    }

    /// The event of an identity, if it has been collected.
    func event(at position: EventPosition, now: Int) -> SimulatedEvent? {
        store.event(at: position).flatMap { $0.a <= now ? $0 : nil }
    }

    /// All events that have been collected, in order.
    func listed(from: Int, to: Int, now: Int) -> [SimulatedEvent] {
        store.events[store.indices(from: from, to: to)].filter { $0.a <= now }
    }
}
