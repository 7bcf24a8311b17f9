// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling
import WireText

/// The events of a connector's page: filter, timeline, kinds and list.
struct EventSection {
    let form: EventForm
    private let timeline: Timeline
    private let page: RecordedEventPage
    private let known: [EventKind]

    /// Reads the events.
    ///
    /// - Parameters:
    ///   - key: the connector.
    ///   - form: the filter.
    ///   - pageSize: the maximum number of listed events.
    ///   - context: the ledger.
    /// - Throws: if the ledger cannot be read.
    init(_ key: ConnectorKey, _ form: EventForm, pageSize: Int, _ context: QueryContext) throws(LedgerError) {
        self.form = form
        let selection = form.selection
        let history = try context.history()
        let range = TimelineRange(since: selection.since, until: selection.until, now: context.now)
        let counts = try history.counts(
            of: key,
            from: range.start,
            inIntervalsOf: range.interval,
            count: range.intervals,
            since: selection.since.map(PageText.clamped) ?? .min,
            until: selection.until.map(PageText.clamped) ?? .max,
            isCancelled: context.isCancelled
        )
        timeline = Timeline(range, since: selection.since, until: selection.until, counts) {
            [kinds = selection.kinds] in kinds.select($0.rawValue)
        }
        page = try history.events(
            matching: selection.filter(connectors: [key]),
            after: selection.cursor,
            order: .newestFirst,
            limit: pageSize,
            isCancelled: context.isCancelled
        )
        let undocumented = context.fleet[key]?.view.record.tallies.keys.filter { !$0.isDocumented } ?? []
        known = EventKind.documented + undocumented.sorted()
    }

    /// Whether the list begins with the newest event, so that a refresh shows newer ones.
    var isNewest: Bool { form.isFirstPage }

    /// Returns the section.
    func html(of key: ConnectorKey) -> HTML {
        let path = PageAddress.connector(key)
        return """
            <section class="card" aria-labelledby="events">
            <h2 id="events">Events</h2>
            \(form.html(path, kinds: known))
            <p id="status" role="status">\(status)</p>
            <div data-part id="results">
            \(presets(path))
            \(timeline.html { form.address(path, since: $0, until: $1) })
            \(kinds(path))
            \(list)
            \(pages(path))
            <p><a href="\(json(key))">These events as JSON</a></p>
            </div>
            </section>
            """
    }

    private var status: String {
        if let error = form.error { return error.description }
        guard let newest = page.events.first, let oldest = page.events.last else {
            return page.next == nil
                ? "No event matches the filter." : "No event on this page matches the filter."
        }
        let span = [oldest, newest].map {
            CivilTime(secondsSinceEpoch: $0.event.id.t).rfc3339.replacing("T", with: " ").dropLast()
        }
        return
            "\(PageText.count(page.events.count, "event")), newest first, from \(span[0]) to \(span[1]) UTC"
    }

    /// The links to common filters.
    private func presets(_ path: String) -> HTML {
        let links = [
            ("1 hour", form.address(path, since: "1h", until: nil)),
            ("1 day", form.address(path, since: "1d", until: nil)),
            ("7 days", form.address(path, since: "7d", until: nil)),
            ("30 days", form.address(path, since: "30d", until: nil)),
            ("Failures", form.address(path, kind: EventKind.failurePatterns)),
            ("All", path),
        ]
        let current = form.address(path, cursor: nil)
        let items = links.map { name, address -> HTML in
            "<li><a href=\"\(address)\"\(address == current ? " aria-current=\"true\"" as HTML : "")>\(name)</a></li>\n"
        }
        return "<ul class=\"chips\" aria-label=\"Common filters\">\n\(items)</ul>"
    }

    private func kinds(_ path: String) -> HTML {
        guard !timeline.kinds.isEmpty else { return "" }
        let items = timeline.kinds.map { kind, count -> HTML in
            let isCurrent = form.kind == kind.rawValue
            let address = form.address(path, kind: isCurrent ? nil : kind.rawValue)
            return """
                <li><a\(kind.isFailure ? " class=\"failure\"" as HTML : "") href="\(address)"\
                \(isCurrent ? " aria-current=\"true\"" as HTML : "")>\(PageText.name(kind.rawValue)) \
                <b>\(PageText.number(count))</b></a></li>

                """
        }
        return "<h3 class=\"hidden\">Events by kind</h3>\n<ul class=\"chips\">\n\(items)</ul>"
    }

    private var list: HTML {
        guard !page.events.isEmpty else { return "" }
        return """
            <table class="list events">
            <caption class="hidden">Events, newest first</caption>
            <thead><tr><th scope="col">Time (UTC)</th><th scope="col">Kind</th><th scope="col">Details</th>\
            <th scope="col" class="number">Delay</th></tr></thead>
            <tbody>
            \(page.events.map(row))</tbody>
            </table>
            """
    }

    private func row(_ recorded: RecordedEvent) -> HTML {
        let event = recorded.event
        let kind = PageText.name(event.kind.rawValue)
        let name: HTML = event.kind.isFailure ? "<span class=\"badge critical\">\(kind)</span>" : "\(kind)"
        let details: [HTML?] = [
            event.tunnelID.map { "<code>\(PageText.name($0))</code> " },
            recorded.version.map { "\(PageText.name($0)) " },
            recorded.url.map { "<code>\(PageText.name($0, limit: 200))</code> " },
            recorded.isLate ? "<span class=\"badge\">late</span>" : nil,
        ]
        let delay = event.deliveryDelaySeconds.map { PageText.number(Int($0.rounded())) + " s" } ?? ""
        return """
            <tr><td>\(PageText.time(event.id.time))</td><td>\(name)</td><td>\(details.compactMap(\.self))</td>\
            <td data-name="Delay" class="number">\(delay)</td></tr>

            """
    }

    private func pages(_ path: String) -> HTML {
        let newest: HTML =
            form.isFirstPage
            ? "" : "<a class=\"button\" href=\"\(form.address(path, cursor: nil))\">Newest events</a>"
        let older: HTML =
            page.next.map {
                "<a class=\"button\" rel=\"next\" href=\"\(form.address(path, cursor: "\($0)"))\">Older events</a>"
            } ?? ""
        return "<nav class=\"pages\" aria-label=\"Pages\">\(newest)\(older)</nav>"
    }

    /// The address of the same events in the API.
    private func json(_ key: ConnectorKey) -> String {
        let path = form.address(EventsRoute.path, cursor: nil)
        let connector = PageAddress.with("", ["account": key.account, "connector": key.connector])
        return path.contains("?") ? "\(path)&\(connector.dropFirst())" : "\(path)\(connector)"
    }
}
