// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling

/// A connector on the landing page.
struct LandingRow {
    let view: ConnectorView

    /// The problems, the most severe first.
    let problems: [ConnectorProblem]

    /// The tunnels that are not forgotten.
    private let tunnels: [String: RekeyMachine]

    /// The current time.
    let now: Timestamp

    /// The name for people, which is sorted by and therefore stored.
    private let name: String

    /// The name of the site; empty without a site.
    private let site: String

    private let isActivated: Bool

    init(_ connector: AssessedConnector, settings: FamilySettings, now: Timestamp) {
        let view = connector.view
        tunnels = view.record.state.tunnels(forgettingAfter: settings.forgetTunnelsAfter, at: now)
        self.view = view
        problems = connector.problems
        self.now = now
        let inventory = view.record.inventory
        name = connector.name
        site = PageText.name(inventory.site.map { $0.name ?? $0.id } ?? "")
        isActivated = inventory.isActivated != false
    }

    /// The sort order: more critical problems first, then more warnings, then unknown connectors, then by name.
    var rank: (Int, Int, Int, String, ConnectorKey) {
        let critical = problems.count { $0.severity == .critical }
        return (-critical, critical - problems.count, isUnknown ? 0 : 1, name, view.record.key)
    }

    /// Whether no poll has succeeded yet, and no problem is known.
    private var isUnknown: Bool { view.record.watermark == nil && problems.isEmpty }

    var isHealthy: Bool { problems.isEmpty }

    /// The table row.
    ///
    /// On a narrow screen it is a block, and each cell has a caption.
    var html: HTML {
        let record = view.record
        let newest = record.tallies.max { ($0.value.newest, $1.key) < ($1.value.newest, $0.key) }
        let newestText =
            newest.map { "\(PageText.name("\($0.key)")) \(PageText.age(since: $0.value.newest, now: now))" }
            ?? "none"
        return """
            <tr>
            <th scope="row">\(link) \(site) <small>\(PageText.name(record.inventory.version ?? ""))</small><br>\
            <code>\(PageText.name(record.key.connector))</code></th>
            <td>\(badges)</td>
            <td data-name="Rekeys">\(rekeys)</td>
            <td data-name="Newest event">\(newestText)</td>
            <td data-name="Polled">\(polled)</td>
            </tr>

            """
    }

    /// The line in the collapsed list of connectors without problems.
    var line: HTML {
        "<li>\(link) \(site) <small>\(isUnknown ? "not polled yet" : "polled \(polled)")</small>\(inProgress)</li>\n"
    }

    private var link: HTML {
        "<a href=\"\(PageAddress.connector(view.record.key))\"><b>\(name)</b></a>"
    }

    private var polled: String {
        view.record.lastSuccess.map { PageText.age(since: $0, now: now) } ?? "never"
    }

    private var badges: [HTML] {
        if isUnknown { return ["<span class=\"badge\">not polled yet</span> "] + inProgress }
        guard isActivated else { return ["<span class=\"badge\">deactivated</span> "] + inProgress }
        guard !problems.isEmpty else { return ["<span class=\"badge good\">healthy</span> "] + inProgress }
        let problems: [HTML] = problems.map {
            "<span class=\"badge \($0.severity.name)\">\($0.text)</span> "
        }
        return problems + inProgress
    }

    /// The badges of operations in progress, without stuck ones, which already have a badge.
    private var inProgress: [HTML] {
        let names = Operation.allCases.filter { view.record.state[$0].openSince != nil }.map(\.words)
        let running = names.filter { name in !problems.contains { $0.text == "\(name) stuck" } }
        return running.map { " <span class=\"badge\">\($0) running</span>" }
    }

    private var rekeys: String {
        let counts = Dictionary(tunnels.values.map { ($0.phase, 1) }, uniquingKeysWith: +)
        let phases = RekeyPhase.allCases.compactMap { phase in
            counts[phase].map { "\($0) \(phase.rawValue)" }
        }
        return phases.isEmpty ? "none" : phases.joined(separator: ", ")
    }
}
