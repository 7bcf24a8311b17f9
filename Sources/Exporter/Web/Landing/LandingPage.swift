// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import HTTPEndpoint
import Polling

/// The landing page: the state of each connector, those with problems first.
///
/// The size of the page is limited: rows beyond a maximum are only counted, and long names are truncated. The filter finds them.
struct LandingPage {
    /// The maximum number of rows for connectors with problems.
    private static let maxProblemRows = 200

    /// The maximum number of rows for connectors without problems.
    ///
    /// More of them are one line each, in a collapsed list.
    private static let maxHealthyRows = 30

    /// The maximum number of lines in the collapsed list.
    private static let maxHealthyLines = 1000

    /// The maximum number of accounts.
    private static let maxAccounts = 50

    /// The seconds after which the page is refreshed.
    private static let refresh = 30

    private let fleet: FleetSnapshot
    private let telemetryPath: String
    private let filter: LandingFilter

    /// All connectors.
    private let states: [ConnectorSummary.State: Int]
    private let total: Int

    /// The selected connectors.
    private let rows: [LandingRow]

    /// Creates the page of a fleet.
    ///
    /// - Parameters:
    ///   - fleet: the fleet.
    ///   - connectors: its connectors with their problems.
    ///   - telemetryPath: the path of the metrics.
    ///   - filter: the selection.
    init(
        _ fleet: FleetSnapshot,
        _ connectors: [AssessedConnector],
        telemetryPath: String,
        filter: LandingFilter = LandingFilter(QueryParameters())
    ) {
        self.fleet = fleet
        self.telemetryPath = telemetryPath
        self.filter = filter
        total = connectors.count
        states = Dictionary(connectors.map { ($0.state, 1) }, uniquingKeysWith: +)
        rows = connectors.lazy.filter { filter.selection?.selects($0) ?? true }.map { connector in
            LandingRow(connector, settings: fleet.settings, now: fleet.now)
        }
        .sorted { $0.rank < $1.rank }
    }

    /// Returns the complete page.
    func response(_ encoding: ContentEncoding? = nil) -> Response {
        PageLayout(
            title: title,
            heading: "<h1>Magic Connector Exporter</h1>",
            telemetryPath: telemetryPath,
            refresh: Self.refresh
        )
        .response(filter.error == nil ? 200 : 400, encoding, content)
    }

    private var content: HTML {
        """
        <section aria-label="Summary" data-part id="summary">\(summary)\(accounts)</section>
        \(filter.form(accounts: fleet.accounts))
        <p id="status" role="status">\(status)</p>
        <div data-part id="results">
        \(table)
        \(collapsedList)
        </div>
        """
    }

    /// The title, which browsers show in the tab.
    private var title: String {
        let critical = states[.critical] ?? 0
        return critical == 0 ? "Magic Connector Exporter" : "(\(critical)) Magic Connector Exporter"
    }

    private var status: String {
        if let error = filter.error { return error.description }
        guard filter.isActive else { return PageText.count(total, "connector") }
        return "\(PageText.number(rows.count)) of \(PageText.count(total, "connector"))"
    }

    private var summary: HTML {
        let tiles = ConnectorSummary.State.allCases.map { state -> HTML in
            let count = states[state] ?? 0
            return switch state {
            case .critical, .warning:
                tile(state.rawValue, count, state, style: count > 0 ? state.rawValue : "good")
            case .healthy: tile(state.rawValue, count, state, style: "good")
            case .deactivated: count > 0 ? tile(state.rawValue, count, state, style: "") : ""
            case .unknown: count > 0 ? tile("not polled yet", count, state, style: "") : ""
            }
        }
        return "<ul class=\"tiles\">\n\(tile("connectors", total, nil, style: ""))\(tiles)</ul>\n"
    }

    private func tile(_ name: String, _ count: Int, _ state: ConnectorSummary.State?, style: String) -> HTML {
        let current: HTML = filter.selects(state: state?.rawValue) ? " aria-current=\"true\"" : ""
        let address = filter.address(state: state?.rawValue)
        return """
            <li class="\(style)"><a href="\(address)"\(current)><b>\(PageText.number(count))</b> \(name)</a></li>

            """
    }

    private var accounts: HTML {
        let hidden = fleet.accounts.count - Self.maxAccounts
        let more: HTML = hidden > 0 ? "<p class=\"account\">\(hidden) more accounts.</p>" : ""
        return "\(fleet.accounts.prefix(Self.maxAccounts).map(account))\(more)"
    }

    private func account(_ view: AccountView) -> HTML {
        let discovery: HTML =
            switch view.discoverySucceeded {
            case true: "<span class=\"badge good\">discovery succeeded</span>"
            case false: "<span class=\"badge warning\">discovery failed: see the log</span>"
            default: "<span class=\"badge\">discovery in progress</span>"
            }
        let history: HTML =
            view.histograms == nil ? "<span class=\"badge\">history import in progress</span>" : ""
        let interval = Int(view.pollInterval.rounded())
        return """
            <p class="account">Account <code>\(view.account)</code>: \
            \(PageText.count(view.connectors, "connector")), each polled every \(interval) s \(discovery) \(history)</p>

            """
    }
}

// MARK: - Connectors

extension LandingPage {
    private var withProblems: ArraySlice<LandingRow> { rows.prefix { !$0.isHealthy } }

    private var healthy: ArraySlice<LandingRow> { rows.drop { !$0.isHealthy } }

    /// The maximum number of healthy connectors that are rows.
    private var maxHealthyRows: Int { filter.isActive ? Self.maxProblemRows : Self.maxHealthyRows }

    private var table: HTML {
        guard total > 0 else { return "<p>No connectors discovered yet.</p>" }
        guard !rows.isEmpty else { return "<p>No connector matches the filter.</p>" }
        let shown =
            withProblems.prefix(Self.maxProblemRows) + (healthy.count <= maxHealthyRows ? healthy : [])
        guard !shown.isEmpty else {
            return filter.isActive ? "" : "<p>No connector has a problem.</p>"
        }
        let hidden = withProblems.count - Self.maxProblemRows
        let more: HTML =
            hidden > 0
            ? "<p>\(hidden) more connectors with problems, none more severe than these. Use the filter to find them.</p>"
            : ""
        return """
            <table class="list fleet">
            <caption class="hidden">Connectors, those with problems first</caption>
            <thead><tr><th scope="col">Connector</th><th scope="col">State</th><th scope="col">Rekeys</th>\
            <th scope="col">Newest event</th><th scope="col">Polled</th></tr></thead>
            <tbody>
            \(shown.map(\.html))
            </tbody>
            </table>
            \(more)
            """
    }

    /// The collapsed list of connectors without problems in a large fleet.
    private var collapsedList: HTML {
        guard healthy.count > maxHealthyRows else { return "" }
        let hidden = healthy.count - Self.maxHealthyLines
        let more: HTML = hidden > 0 ? "<p>and \(hidden) more. Use the filter to find them.</p>" : ""
        return """
            <details\(filter.isActive ? " open" as HTML : "")>
            <summary>\(healthy.count) connectors without problems</summary>
            <ul class="names">
            \(healthy.prefix(Self.maxHealthyLines).map(\.line))
            </ul>
            \(more)
            </details>
            """
    }
}
