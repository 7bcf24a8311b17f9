// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import HTTPEndpoint
import Polling

/// The state of every connector at a glance, those in trouble first.
struct LandingPage {
    private struct Row {
        let view: ConnectorView
        let troubles: [ConnectorTrouble]

        /// Two failing connectors come before one, a critical one before any number of warnings.
        var rank: (Int, Int, ConnectorKey) {
            (troubles.first?.severity.rawValue ?? 2, -troubles.count, view.record.key)
        }
    }

    /// The most rows of the table; whoever has more looks at Grafana.
    private static let longestTable = 500

    private let fleet: Fleet
    private let telemetryPath: String
    private let rows: [Row]

    init(_ fleet: Fleet, telemetryPath: String) {
        self.fleet = fleet
        self.telemetryPath = telemetryPath
        rows = fleet.connectors.map {
            Row(view: $0, troubles: ConnectorTrouble.all(of: $0, settings: fleet.settings, now: fleet.now))
        }
        .sorted { $0.rank < $1.rank }
    }

    /// The whole page, which loads nothing and runs nothing.
    var response: Response {
        Response(
            status: 200,
            headers: [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
                ("X-Content-Type-Options", "nosniff"),
                ("X-Frame-Options", "DENY"),
                ("Referrer-Policy", "no-referrer"),
                ("Cache-Control", "no-store"),
            ]
            .map { (name: $0.0, value: $0.1) },
            body: [Array(html.description.utf8)]
        )
    }

    private var html: HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="refresh" content="30">
        <title>Magic Connector Exporter</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <header>
        <h1>Magic Connector Exporter <small>\(BuildInfo.version)</small></h1>
        <nav><a href="\(telemetryPath)">Metrics</a> <a href="/-/ready">Ready</a> <a href="/-/healthy">Healthy</a></nav>
        </header>
        <main>
        \(summary)
        \(fleet.accounts.map(account))
        \(table)
        </main>
        </body>
        </html>

        """
    }

    private var summary: HTML {
        let critical = rows.count { $0.troubles.first?.severity == .critical }
        let warning = rows.count { $0.troubles.first?.severity == .warning }
        return """
            <section class="tiles">
            \(tile("connectors", rows.count, style: ""))
            \(tile("in trouble", critical, style: critical > 0 ? "critical" : "good"))
            \(tile("to watch", warning, style: warning > 0 ? "warning" : "good"))
            \(tile("fine", rows.count - critical - warning, style: "good"))
            </section>
            """
    }

    private func tile(_ name: String, _ count: Int, style: String) -> HTML {
        "<div class=\"tile \(style)\"><b>\(count)</b>\(name)</div>\n"
    }

    private func account(_ view: AccountView) -> HTML {
        let discovery: HTML =
            switch view.discoverySucceeded {
            case true: "<span class=\"badge good\">discovery works</span>"
            case false: "<span class=\"badge critical\">discovery fails: see the log</span>"
            default: "<span class=\"badge\">discovery under way</span>"
            }
        let history: HTML =
            view.histograms == nil ? "<span class=\"badge\">history import under way</span>" : ""
        let interval = Int(view.pollInterval.rounded())
        return """
            <p class="account">Account <code>\(view.account)</code>: \(view.connectors) connectors, \
            each polled every \(interval) s \(discovery) \(history)</p>

            """
    }

    private var table: HTML {
        guard !rows.isEmpty else { return "<p>No connector is known yet.</p>" }
        let hidden = rows.count - Self.longestTable
        let more: HTML = hidden > 0 ? "<p>\(hidden) more, none of them worse than these.</p>" : ""
        return """
            <table>
            <thead><tr><th>Connector</th><th>State</th><th>Rekeys</th><th>Newest event</th><th>Polled</th></tr></thead>
            <tbody>
            \(rows.prefix(Self.longestTable).map(row))
            </tbody>
            </table>
            \(more)
            """
    }

    private func row(_ row: Row) -> HTML {
        let record = row.view.record
        let name = record.facts.serialNumber ?? record.key.connector
        let newest = record.tallies.max { ($0.value.newest, $1.key) < ($1.value.newest, $0.key) }
        return """
            <tr>
            <td><b>\(name)</b> <small>\(record.facts.version ?? "")</small><br><code>\(record.key.connector)</code></td>
            <td>\(badges(row))</td>
            <td>\(rekeys(record.state))</td>
            <td>\(newest.map { "\($0.key) \(age(since: Double($0.value.newest)))" } ?? "none")</td>
            <td>\(record.lastSuccess.map(age) ?? "never")</td>
            </tr>

            """
    }

    private func badges(_ row: Row) -> [HTML] {
        let running = Operation.allCases.filter { row.view.record.state[$0].openSince != nil }
        let inProgress: [HTML] = running.map {
            "<span class=\"badge\">\($0.rawValue.replacing("_", with: " ")) running</span> "
        }
        if row.view.record.watermark == nil {
            return inProgress + ["<span class=\"badge\">not polled yet</span>"]
        }
        guard !row.troubles.isEmpty else { return ["<span class=\"badge good\">fine</span> "] + inProgress }
        let troubles: [HTML] = row.troubles.map {
            "<span class=\"badge \($0.severity == .critical ? "critical" : "warning")\">\($0.text)</span> "
        }
        return troubles + inProgress
    }

    private func rekeys(_ state: ConnectorState) -> String {
        let counts = Dictionary(state.rekeys.values.map { ($0.phase, 1) }, uniquingKeysWith: +)
        return RekeyPhase.allCases.compactMap { phase in counts[phase].map { "\($0) \(phase.rawValue)" } }
            .joined(separator: ", ")
    }

    private func age(since moment: Double) -> String {
        let seconds = Int(max(0, fleet.now - moment))
        return switch seconds {
        case ..<120: "\(seconds) s ago"
        case ..<7200: "\(seconds / 60) min ago"
        case ..<172_800: "\(seconds / 3600) h ago"
        default: "\(seconds / 86400) days ago"
        }
    }

    private static let style: HTML = """
        :root{--ink:#1b2430;--soft:#5d6b7c;--line:#dfe5ec;--paper:#f6f8fa;--critical:#b3261e;--warning:#9a6700;--good:#1a7f37}
        *{box-sizing:border-box}
        body{margin:0;font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
        header{background:#e6522c;color:#fff;padding:.8rem 1.2rem;display:flex;flex-wrap:wrap;gap:.4rem 2rem;align-items:baseline}
        h1{font-size:1.15rem;margin:0}header small{font-weight:400;opacity:.85}header a{color:#fff;margin-right:.8rem}
        main{max-width:70rem;margin:0 auto;padding:1rem}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(7rem,1fr));gap:.6rem}
        .tile{background:#fff;border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem;color:var(--soft)}
        .tile b{display:block;font-size:1.7rem;line-height:1.1;color:var(--ink)}
        .tile.critical b{color:var(--critical)}.tile.warning b{color:var(--warning)}.tile.good b{color:var(--good)}
        .account{color:var(--soft)}
        table{width:100%;border-collapse:collapse;background:#fff;border:1px solid var(--line);border-radius:.5rem}
        th,td{text-align:left;vertical-align:top;padding:.5rem .7rem;border-bottom:1px solid var(--line)}
        th{color:var(--soft);font-weight:600;font-size:.85rem}td small,td code{color:var(--soft);font-size:.8rem}
        code{overflow-wrap:anywhere}
        .badge{display:inline-block;padding:.05rem .5rem;border-radius:1rem;background:#e8edf3;font-size:.82rem;white-space:nowrap}
        .badge.critical{background:#fbe3e1;color:var(--critical);font-weight:600}
        .badge.warning{background:#fff1cc;color:var(--warning);font-weight:600}
        .badge.good{background:#dcf3e2;color:var(--good)}
        @media(max-width:40rem){thead{display:none}tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--line)}
        td{display:block;border:0;padding:.15rem .7rem}}
        """
}
