// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import HTTPEndpoint
import Polling

/// The landing page: the state of each connector, those with problems first.
///
/// The size of the page is limited: rows beyond a maximum are only counted, and long names are truncated.
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

    private let fleet: FleetSnapshot
    private let telemetryPath: String
    private let rows: [LandingRow]

    init(_ fleet: FleetSnapshot, telemetryPath: String) {
        self.fleet = fleet
        self.telemetryPath = telemetryPath
        rows = fleet.assessed.map { connector in
            LandingRow(
                view: connector.view,
                problems: connector.problems,
                settings: fleet.settings,
                now: fleet.now
            )
        }
        .sorted { $0.rank < $1.rank }
    }

    /// The complete page, without scripts and external resources.
    var response: Response {
        Response(
            status: 200,
            headers: [("Content-Type", "text/html; charset=utf-8")] + Self.securityHeaders,
            body: [Array(html.description.utf8)]
        )
    }

    /// The fields that forbid scripts, external resources, frames, referrers and caching.
    ///
    /// The policy allows the style by its hash (CSP Level 3, 2.3.1), so an injected style is not applied.
    private static let securityHeaders: [(name: String, value: String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src '\(LandingStyle.hash)'; base-uri 'none'; form-action 'none'; "
                + "frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
    ]

    private var html: HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="refresh" content="30">
        <title>\(title)</title>
        <style>\(LandingStyle.sheet)</style>
        </head>
        <body>
        <header>
        <h1>Magic Connector Exporter <small>\(BuildInfo.version)</small></h1>
        <nav><a href="\(telemetryPath)">Metrics</a> <a href="/-/ready">Ready</a> <a href="/-/healthy">Healthy</a></nav>
        </header>
        <main>
        \(summary)
        \(accounts)
        \(table)
        \(collapsedList)
        </main>
        </body>
        </html>

        """
    }

    private func count(_ severity: ConnectorProblem.Severity) -> Int {
        rows.count { $0.problems.first?.severity == severity }
    }

    /// The title, which browsers show in the tab.
    private var title: String {
        let critical = count(.critical)
        return critical == 0 ? "Magic Connector Exporter" : "(\(critical)) Magic Connector Exporter"
    }

    private var summary: HTML {
        let critical = count(.critical)
        let warning = count(.warning)
        let unknown = rows.count { $0.isUnknown }
        return """
            <section class="tiles">
            \(tile("connectors", rows.count, style: ""))
            \(tile("critical", critical, style: critical > 0 ? "critical" : "good"))
            \(tile("warning", warning, style: warning > 0 ? "warning" : "good"))
            \(unknown > 0 ? tile("not polled yet", unknown, style: "") : "")
            \(tile("healthy", rows.count - critical - warning - unknown, style: "good"))
            </section>
            """
    }

    private func tile(_ name: String, _ count: Int, style: String) -> HTML {
        "<div class=\"tile \(style)\"><b>\(count)</b>\(name)</div>\n"
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
            \(view.connectors) connector\(view.connectors == 1 ? "" : "s"), \
            each polled every \(interval) s \(discovery) \(history)</p>

            """
    }

    private var withProblems: ArraySlice<LandingRow> { rows.prefix { !$0.isHealthy } }

    private var healthy: ArraySlice<LandingRow> { rows.drop { !$0.isHealthy } }

    private var table: HTML {
        guard !rows.isEmpty else { return "<p>No connectors discovered yet.</p>" }
        let shown =
            withProblems.prefix(Self.maxProblemRows) + (healthy.count <= Self.maxHealthyRows ? healthy : [])
        guard !shown.isEmpty else { return "<p>No connector has a problem.</p>" }
        let hidden = withProblems.count - Self.maxProblemRows
        let more: HTML =
            hidden > 0 ? "<p>\(hidden) more connectors with problems, none more severe than these.</p>" : ""
        return """
            <table>
            <thead><tr><th>Connector</th><th>State</th><th>Rekeys</th><th>Newest event</th><th>Polled</th></tr></thead>
            <tbody>
            \(shown.map(\.html))
            </tbody>
            </table>
            \(more)
            """
    }

    /// The collapsed list of connectors without problems in a large fleet.
    private var collapsedList: HTML {
        guard healthy.count > Self.maxHealthyRows else { return "" }
        let hidden = healthy.count - Self.maxHealthyLines
        let more: HTML = hidden > 0 ? "<p>and \(hidden) more</p>" : ""
        return """
            <details>
            <summary>\(healthy.count) connectors without problems</summary>
            <ul>
            \(healthy.prefix(Self.maxHealthyLines).map(\.line))
            </ul>
            \(more)
            </details>
            """
    }
}
