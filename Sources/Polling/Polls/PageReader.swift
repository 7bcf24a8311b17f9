// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import EventLedger

/// Reads a window page by page into the ledger.
///
/// Cloudflare documents neither an order nor what a last page looks like. A window ends where the cursor is
/// absent; a cursor that repeats, or pages that go on showing what this window has shown already, would go on
/// for ever.
struct PageReader: Sendable {
    /// Pages in a row without an event that is new to the window, after which the cursor is taken for
    /// endless.
    private static let barrenPages = 5

    /// The most pages of one window: a million events at a thousand a page.
    private static let pageCap = 10_000

    let client: BudgetedClient
    let ledger: EventLedger
    let key: ConnectorKey

    /// Reads all pages; each is committed as it arrives, so that a failure later loses nothing.
    ///
    /// - Parameters:
    ///   - window: the stretch of time to ask for.
    ///   - priority: who waits when the budget is short.
    ///   - settings: the size of a page.
    /// - Returns: what became of the events.
    /// - Throws: when a request fails, when the ledger cannot keep a page, or when the list has no end.
    func read(
        _ window: PollWindow,
        priority: RequestPriority,
        settings: PollingSettings
    ) async throws(PollFailure) -> InsertOutcome {
        var total = InsertOutcome()
        var cursor: String?
        var cursors: Set<String> = []
        var shown: Set<EventID> = []
        var barren = 0
        for _ in 0..<Self.pageCap {
            let query = EventQuery(
                from: window.from,
                to: window.to,
                cursor: cursor,
                limit: settings.pageLimit
            )
            let page = try await page(of: query, priority: priority)
            client.statistics.countDiscarded(page.malformed, reason: "malformed")
            total.add(try await ingest(page.items))
            guard let next = page.cursor else { return total }
            guard cursors.insert(next).inserted else {
                throw PollFailure(
                    reason: "cursor_loop",
                    "connector \(key.connector): the list's cursor repeats; what arrived is counted, "
                        + "the window is asked for again at the next poll"
                )
            }
            let before = shown.count
            shown.formUnion(page.items.lazy.map { EventID(t: $0.t, n: $0.n) })
            barren = shown.count == before ? barren + 1 : 0
            guard barren < Self.barrenPages else {
                throw endless("\(barren) pages in a row brought nothing new")
            }
            cursor = next
        }
        throw endless("more than \(Self.pageCap) pages")
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
            IncomingEvent(id: EventID(t: $0.t, n: $0.n), kind: $0.kind, collectedAt: $0.collectedAt)
        }
        do throws(LedgerError) {
            let outcome = try await ledger.ingest(events, of: key)
            client.statistics.count(outcome)
            return outcome
        } catch {
            throw PollFailure(error)
        }
    }

    private func endless(_ why: String) -> PollFailure {
        PollFailure(
            reason: "endless_cursor",
            "connector \(key.connector): the list of events does not end (\(why)); what arrived is counted, "
                + "the window is asked for again at the next poll"
        )
    }
}
