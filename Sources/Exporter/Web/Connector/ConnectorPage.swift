// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import HTTPEndpoint
import Polling

/// The page of one connector: its site, its state and its events.
struct ConnectorPage {
    /// The maximum number of tunnels and of partners.
    private static let maxRows = 200

    let connector: AssessedConnector

    /// The other connectors of the site.
    let partners: [AssessedConnector]

    let fleet: FleetSnapshot
    let operations: [OperationStatus]
    let events: EventSection
    let telemetryPath: String

    /// The links to Grafana; `nil` if its address is unknown.
    let dashboards: DashboardLinks?

    /// Returns the complete page.
    func response(_ encoding: ContentEncoding? = nil) -> Response {
        PageLayout(
            title: "\(connector.name) – Magic Connector Exporter",
            telemetryPath: telemetryPath,
            refresh: events.isNewest ? 30 : nil
        )
        .response(events.form.error == nil ? 200 : 400, encoding, content)
    }

    private var record: ConnectorRecord { connector.view.record }
    private var inventory: Connector { record.inventory }

    private var content: HTML {
        """
        <nav aria-label="Breadcrumb"><a href="/">Connectors</a> / <span aria-current="page">\(connector.name)</span></nav>
        <h1>\(connector.name)</h1>
        <div data-part id="state">
        <p>\(badges)</p>
        <div class="cards">
        \(state)
        \(facts)
        </div>
        \(tunnels)
        </div>
        \(events.html(of: connector.key))
        """
    }

    /// The problems, each with a link to its runbook.
    private var badges: [HTML] {
        guard !connector.problems.isEmpty else { return [connector.badge] }
        return connector.problems.map { problem in
            """
            <a class="badge \(problem.severity.name)" href="\(problem.runbook)" rel="external">\(problem.text)\
            <span class="hidden"> (\(problem.severity.name), runbook)</span></a>

            """
        }
    }

    private var facts: HTML {
        let site: HTML =
            inventory.site.map { "\(PageText.name($0.name ?? $0.id)), \($0.role.rawValue)" } ?? "none"
        let rows: [(String, HTML?)] = [
            ("Site", site),
            ("HA partner", partners.isEmpty ? nil : "\(partners.prefix(Self.maxRows).map(partner))"),
            ("Dashboards", dashboards.map { $0.html(of: record.key) }),
            ("Connector", "<code>\(PageText.name(record.key.connector))</code>"),
            ("Account", "<code>\(PageText.name(record.key.account))</code>"),
            ("Serial number", inventory.serialNumber.map { "\(PageText.name($0))" }),
            ("Device", inventory.deviceType.map { "\(PageText.name($0))" }),
            ("Version", inventory.version.map { "\(PageText.name($0))" }),
            ("Events", "\(PageText.number(record.tallies.values.reduce(0) { $0 + $1.count }))"),
            ("Newest event", record.tallies.values.map(\.newest).max().map(timeWithAge)),
        ]
        let items = rows.compactMap { name, value in value.map { "<dt>\(name)</dt><dd>\($0)</dd>\n" as HTML }
        }
        return "<section class=\"card\"><h2>Connector</h2>\n<dl>\n\(items)</dl></section>"
    }

    private func partner(_ partner: AssessedConnector) -> HTML {
        "<div><a href=\"\(PageAddress.connector(partner.key))\">\(partner.name)</a> \(partner.badge)</div>"
    }

    private func timeWithAge(_ time: Timestamp) -> HTML { PageText.timeWithAge(time, now: fleet.now) }
}

// MARK: - State

extension ConnectorPage {
    private var state: HTML {
        let rows = [agent, heartbeat, polls] + operations.map(row)
        return """
            <section class="card"><h2>State</h2>
            <table class="state">
            <thead class="hidden"><tr><th scope="col">Part</th><th scope="col">State</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table></section>
            """
    }

    private func row(_ name: String, _ badge: HTML, _ details: HTML) -> HTML {
        "<tr><th scope=\"row\">\(name)</th><td>\(badge) \(details)</td></tr>\n"
    }

    private func badge(_ text: String, _ style: String) -> HTML {
        "<span class=\"badge \(style)\">\(text)</span>"
    }

    private var agent: HTML {
        let kind: EventKind = record.state.agent.isRunning == true ? .initialize : .leave
        let since: HTML = record.tallies[kind].map { "since \(timeWithAge($0.newest))" } ?? ""
        return switch record.state.agent.isRunning {
        case true?: row("Agent", badge("running", "good"), since)
        case false?: row("Agent", badge("stopped", "critical"), since)
        case nil: row("Agent", badge("unknown", ""), "")
        }
    }

    private var heartbeat: HTML {
        guard let time = inventory.lastHeartbeat else { return row("Heartbeat", badge("none", ""), "") }
        let isOffline = connector.view.isOffline(at: fleet.now)
        let severity = connector.problems.first { $0.alert == "MagicConnectorOffline" }?.severity.name
        return row(
            "Heartbeat",
            isOffline ? badge("offline", severity ?? "") : badge("online", "good"),
            "last \(timeWithAge(time))"
        )
    }

    private var polls: HTML {
        let last: HTML = record.lastSuccess.map { "last complete \(timeWithAge($0))" } ?? "not complete yet"
        return row(
            "Polls",
            connector.view.pollSucceeded == false ? badge("failed", "warning") : badge("succeeding", "good"),
            last
        )
    }

    private func row(_ status: OperationStatus) -> HTML {
        let words = status.operation.words
        let name = words.replacing("pki", with: "PKI")
        let title = name.prefix(1).uppercased() + name.dropFirst()
        let failures = status.machine.consecutiveFailures
        let style = connector.problems.first { $0.text.hasPrefix("\(words) failed") }?.severity.name ?? ""
        let outcome: HTML =
            switch failures {
            case nil: badge("no result yet", "")
            case 0: badge("succeeded", "good")
            case 1: badge("failed", style)
            default: badge("failed \(failures ?? 0) times", style)
            }
        var details: [HTML] = []
        if let since = status.failingSince {
            details.append("\(status.isFailingLonger ? "at least " : "")since \(timeWithAge(since)). ")
        }
        if let success = status.lastSuccess { details.append("Last success \(timeWithAge(success)). ") }
        if let open = status.machine.openSince {
            let isStuck =
                status.machine.becomesStuckAt(after: fleet.settings.stuckAfter[status.operation])
                .map { $0 <= fleet.now } ?? false
            details.append(
                "\(isStuck ? badge("stuck", "warning") : badge("running", "")) since \(timeWithAge(open))"
            )
        }
        return row(title, outcome, "\(details)")
    }

    private var tunnels: HTML {
        let tunnels = record.state.tunnels(forgettingAfter: fleet.settings.forgetTunnelsAfter, at: fleet.now)
            .sorted { $0.key < $1.key }
        guard !tunnels.isEmpty else { return "" }
        let hidden = tunnels.count - Self.maxRows
        return """
            <section class="card"><h2>Tunnels</h2>
            <table class="list">
            <thead><tr><th scope="col">Tunnel</th><th scope="col">Rekey phase</th><th scope="col">Since</th>\
            <th scope="col" class="number">Completed</th><th scope="col" class="number">Resets</th></tr></thead>
            <tbody>
            \(tunnels.prefix(Self.maxRows).map { tunnel($0.key, $0.value) })</tbody>
            </table>
            \(hidden > 0 ? "<p>and \(hidden) more</p>" as HTML : "")</section>
            """
    }

    private func tunnel(_ id: String, _ machine: RekeyMachine) -> HTML {
        let isStuck =
            machine.becomesStuckAt(after: fleet.settings.stuckAfter.rekey).map { $0 <= fleet.now } ?? false
        let stuck: HTML = isStuck ? " \(badge("stuck", "critical"))" : ""
        // Until the payloads of the history have been read, the counters are not complete.
        let counts: (Int) -> String = { record.hasAllPayloads ? PageText.number($0) : "–" }
        return """
            <tr><th scope="row"><code>\(PageText.name(id))</code></th><td>\(machine.phase.rawValue)\(stuck)</td>\
            <td data-name="Since">\(timeWithAge(machine.phaseStart))</td>\
            <td data-name="Completed" class="number">\(counts(machine.completed))</td>\
            <td data-name="Resets" class="number">\(counts(machine.resets))</td></tr>

            """
    }
}
