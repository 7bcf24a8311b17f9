// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import EventLedger

/// Reads the pages of a window into the ledger.
///
/// Cloudflare documents neither the order of events nor the form of the last page. A window ends at the first page
/// without a cursor. If a cursor repeats, or several pages contain no new event, the window would never end.
struct PageReader: Sendable {
    /// Number of consecutive pages without a new event after which the list counts as endless.
    private static let emptyPageLimit = 5

    /// Maximum number of pages of one window: a million events at a thousand per page.
    private static let pageLimit = 10_000

    let client: BudgetedClient
    let ledger: EventLedger
    let key: ConnectorKey

    /// Reads all pages.
    ///
    /// Each page is saved when it arrives, so that a later failure loses nothing.
    ///
    /// - Parameters:
    ///   - window: The time range.
    ///   - priority: The priority of the requests.
    ///   - settings: The size of a page.
    /// - Returns: the number of new, duplicate and late events.
    /// - Throws: if a request fails, if the ledger cannot be written, or if the list does not end.
    func read(
        _ window: PollWindow,
        priority: RequestPriority,
        settings: PollingSettings
    ) async throws(PollFailure) -> InsertOutcome {
        var total = InsertOutcome()
        var cursor: String?
        var cursors: Set<String> = []
        var received: Set<EventID> = []
        var emptyPages = 0
        for _ in 0..<Self.pageLimit {
            let query = EventQuery(
                from: window.from.wholeSeconds,
                to: window.to.wholeSeconds,
                cursor: cursor,
                limit: settings.pageLimit
            )
            let page = try await page(of: query, priority: priority)
            client.statistics.countDiscarded(page.malformed, .malformed)
            total.add(try await ingest(page.items))
            guard let next = page.cursor else { return total }
            guard cursors.insert(next).inserted else { throw failure(.cursorLoop, "a cursor repeats") }
            let before = received.count
            received.formUnion(page.items.lazy.map { EventID(t: $0.t, n: $0.n) })
            emptyPages = received.count == before ? emptyPages + 1 : 0
            guard emptyPages < Self.emptyPageLimit else {
                throw failure(.endlessCursor, "\(emptyPages) consecutive pages without a new event")
            }
            cursor = next
        }
        throw failure(.endlessCursor, "more than \(Self.pageLimit) pages")
    }

    private func page(
        of query: EventQuery,
        priority: RequestPriority
    ) async throws(PollFailure) -> EventPage {
        try await client.call(.events, priority) { (credential) async throws(APIError) in
            try await client.api.events(
                account: key.account,
                connector: key.connector,
                query: query,
                credential: credential
            )
        }
    }

    private func ingest(_ items: [ListedEvent]) async throws(PollFailure) -> InsertOutcome {
        let events = items.map {
            IncomingEvent(
                id: EventID(t: $0.t, n: $0.n),
                kind: $0.kind,
                collectedAt: $0.collectedAt.map(Timestamp.init)
            )
        }
        do throws(LedgerError) {
            let outcome = try await ledger.ingest(events, of: key)
            client.statistics.count(outcome)
            return outcome
        } catch {
            throw PollFailure(error)
        }
    }

    private func failure(_ reason: PollFailure.Reason, _ problem: String) -> PollFailure {
        PollFailure(
            reason,
            "connector \(key.connector): the event list does not end (\(problem)); the received events are counted, "
                + "and the next poll reads the window again"
        )
    }
}
