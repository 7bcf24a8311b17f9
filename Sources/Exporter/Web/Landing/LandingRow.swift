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

    init(view: ConnectorView, problems: [ConnectorProblem], settings: FamilySettings, now: Timestamp) {
        tunnels = view.record.state.tunnels(forgettingAfter: settings.forgetTunnelsAfter, at: now)
        self.view = view
        self.problems = problems
        self.now = now
        let inventory = view.record.inventory
        name = Self.truncated(inventory.serialNumber ?? view.record.key.connector)
        site = Self.truncated(inventory.site.map { $0.name ?? $0.id } ?? "")
        isActivated = inventory.isActivated != false
    }

    /// The maximum length of a name that the API reports, in Unicode scalars.
    private static let maxNameLength = 64

    /// The sort order: more critical problems first, then more warnings, then unknown connectors, then by name.
    var rank: (Int, Int, Int, String, ConnectorKey) {
        let critical = problems.count { $0.severity == .critical }
        return (-critical, critical - problems.count, isUnknown ? 0 : 1, name, view.record.key)
    }

    /// Whether no poll has succeeded yet, and no problem is known.
    var isUnknown: Bool { view.record.watermark == nil && problems.isEmpty }

    var isHealthy: Bool { problems.isEmpty }

    /// The table row.
    ///
    /// On a narrow screen it is a block, and each cell has a caption.
    var html: HTML {
        let record = view.record
        let newest = record.tallies.max { ($0.value.newest, $1.key) < ($1.value.newest, $0.key) }
        let newestText =
            newest.map { "\(Self.truncated("\($0.key)")) \(age(since: $0.value.newest))" } ?? "none"
        return """
            <tr>
            <td><b>\(name)</b> \(site) <small>\(Self.truncated(record.inventory.version ?? ""))</small><br>\
            <code>\(Self.truncated(record.key.connector))</code></td>
            <td>\(badges)</td>
            <td data-name="Rekeys">\(rekeys)</td>
            <td data-name="Newest event">\(newestText)</td>
            <td data-name="Polled">\(polled)</td>
            </tr>

            """
    }

    /// The line in the collapsed list of connectors without problems.
    var line: HTML {
        "<li><b>\(name)</b> \(site) <small>\(isUnknown ? "not polled yet" : "polled \(polled)")</small>\(inProgress)</li>\n"
    }

    private var polled: String { view.record.lastSuccess.map(age) ?? "never" }

    private var badges: [HTML] {
        if isUnknown { return ["<span class=\"badge\">not polled yet</span> "] + inProgress }
        guard isActivated else { return ["<span class=\"badge\">deactivated</span> "] + inProgress }
        guard !problems.isEmpty else { return ["<span class=\"badge good\">healthy</span> "] + inProgress }
        let problems: [HTML] = problems.map {
            "<span class=\"badge \($0.severity == .critical ? "critical" : "warning")\">\($0.text)</span> "
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

    private func age(since time: Timestamp) -> String {
        let seconds = Int(max(0, now - time))
        return switch seconds {
        case ..<120: "\(seconds) s ago"
        case ..<7200: "\(seconds / 60) min ago"
        case ..<172_800: "\(seconds / 3600) h ago"
        default: "\(seconds / 86400) days ago"
        }
    }

    private static func truncated(_ text: String) -> String {
        // Scalars are counted, because one character may consist of any number of them.
        guard text.utf8.count > maxNameLength, text.unicodeScalars.count > maxNameLength else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(maxNameLength - 1))) + "…"
    }
}
