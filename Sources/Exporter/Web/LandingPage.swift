// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import HTTPEndpoint
import Polling

/// The state of every connector at a glance, those in trouble first.
///
/// However large the fleet and however long its names, the page has an upper bound: rows beyond a number are counted
/// only, and long names are cut.
struct LandingPage {
    /// The most rows of connectors in trouble; whoever has more looks at Grafana.
    private static let mostTroubled = 200

    /// The most quiet connectors that have a row as those in trouble do; more of them are one line each, folded away.
    private static let mostQuietRows = 30

    /// The most such lines.
    private static let mostQuietLines = 1000

    /// The most accounts that are told of.
    private static let mostAccounts = 50

    private let fleet: FleetSnapshot
    private let telemetryPath: String
    private let rows: [LandingRow]

    init(_ fleet: FleetSnapshot, telemetryPath: String) {
        self.fleet = fleet
        self.telemetryPath = telemetryPath
        let intervals = Dictionary(fleet.accounts.map { ($0.account, $0.pollInterval) }) { $1 }
        rows = fleet.connectors.map { view in
            let interval = intervals[view.record.key.account]
            let troubles = ConnectorProblem.all(
                of: view,
                settings: fleet.settings,
                pollInterval: interval,
                now: fleet.now
            )
            return LandingRow(view: view, troubles: troubles, now: fleet.now)
        }
        .sorted { $0.rank < $1.rank }
    }

    /// The whole page, which loads nothing and runs nothing.
    var response: Response {
        Response(
            status: 200,
            headers: [("Content-Type", "text/html; charset=utf-8")] + Self.security,
            body: [Array(html.description.utf8)]
        )
    }

    /// A browser is to run nothing, to load nothing, to tell nobody where it was, and to keep nothing.
    ///
    /// The style is allowed by what it is (CSP Level 3, 2.3.1), so that no other could slip in.
    private static let security: [(name: String, value: String)] = [
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
        \(folded)
        </main>
        </body>
        </html>

        """
    }

    private func count(_ severity: ConnectorProblem.Severity) -> Int {
        rows.count { $0.troubles.first?.severity == severity }
    }

    /// What a tab of a browser shows.
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
            \(tile("fine", rows.count - critical - warning - unknown, style: "good"))
            </section>
            """
    }

    private func tile(_ name: String, _ count: Int, style: String) -> HTML {
        "<div class=\"tile \(style)\"><b>\(count)</b>\(name)</div>\n"
    }

    private var accounts: HTML {
        let hidden = fleet.accounts.count - Self.mostAccounts
        let more: HTML = hidden > 0 ? "<p class=\"account\">\(hidden) more accounts.</p>" : ""
        return "\(fleet.accounts.prefix(Self.mostAccounts).map(account))\(more)"
    }

    private func account(_ view: AccountView) -> HTML {
        let discovery: HTML =
            switch view.discoverySucceeded {
            case true: "<span class=\"badge good\">discovery works</span>"
            case false: "<span class=\"badge warning\">discovery fails: see the log</span>"
            default: "<span class=\"badge\">discovery under way</span>"
            }
        let history: HTML =
            view.histograms == nil ? "<span class=\"badge\">history import under way</span>" : ""
        let interval = Int(view.pollInterval.rounded())
        return """
            <p class="account">Account <code>\(view.account)</code>: \
            \(view.connectors) connector\(view.connectors == 1 ? "" : "s"), \
            each polled every \(interval) s \(discovery) \(history)</p>

            """
    }

    private var troubled: ArraySlice<LandingRow> { rows.prefix { !$0.isQuiet } }

    private var quiet: ArraySlice<LandingRow> { rows.drop { !$0.isQuiet } }

    private var table: HTML {
        guard !rows.isEmpty else { return "<p>No connector is known yet.</p>" }
        let shown = troubled.prefix(Self.mostTroubled) + (quiet.count <= Self.mostQuietRows ? quiet : [])
        guard !shown.isEmpty else { return "<p>No connector is in trouble.</p>" }
        let hidden = troubled.count - Self.mostTroubled
        let more: HTML = hidden > 0 ? "<p>\(hidden) more in trouble, none of them worse than these.</p>" : ""
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

    /// The quiet ones of a large fleet.
    private var folded: HTML {
        guard quiet.count > Self.mostQuietRows else { return "" }
        let hidden = quiet.count - Self.mostQuietLines
        let more: HTML = hidden > 0 ? "<p>and \(hidden) more</p>" : ""
        return """
            <details>
            <summary>\(quiet.count) connectors with nothing wrong</summary>
            <ul>
            \(quiet.prefix(Self.mostQuietLines).map(\.line))
            </ul>
            \(more)
            </details>
            """
    }
}
