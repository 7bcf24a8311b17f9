// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling

/// One connector on the landing page.
struct LandingRow {
    let view: ConnectorView

    /// Worst first.
    let troubles: [ConnectorProblem]

    /// In seconds since the Unix epoch.
    let now: Double

    /// The most letters of a name from outside.
    private static let longestName = 64

    /// Two critical troubles come before one, and one before any number of warnings; then by name.
    var rank: (Int, Int, Int, String, ConnectorKey) {
        let critical = troubles.count { $0.severity == .critical }
        return (-critical, critical - troubles.count, isUnknown ? 0 : 1, name, view.record.key)
    }

    /// Whether nothing has been read of it yet.
    var isUnknown: Bool { view.record.watermark == nil && troubles.isEmpty }

    /// Whether there is nothing to see.
    var isQuiet: Bool { troubles.isEmpty }

    private var name: String {
        Self.cut(view.record.inventory.serialNumber ?? view.record.key.connector)
    }

    /// A row of the table; on a phone, a block whose cells say what they are.
    var html: HTML {
        let record = view.record
        let newest = record.tallies.max { ($0.value.newest, $1.key) < ($1.value.newest, $0.key) }
        let newestText =
            newest.map { "\(Self.cut("\($0.key)")) \(age(since: Double($0.value.newest)))" } ?? "none"
        return """
            <tr>
            <td><b>\(name)</b> <small>\(Self.cut(record.inventory.version ?? ""))</small><br>\
            <code>\(Self.cut(record.key.connector))</code></td>
            <td>\(badges)</td>
            <td data-name="Rekeys">\(rekeys)</td>
            <td data-name="Newest event">\(newestText)</td>
            <td data-name="Polled">\(polled)</td>
            </tr>

            """
    }

    /// The same in short, for one that is quiet.
    var line: HTML {
        "<li><b>\(name)</b> <small>\(isUnknown ? "not polled yet" : "polled \(polled)")</small>\(inProgress)</li>\n"
    }

    private var polled: String { view.record.lastSuccess.map(age) ?? "never" }

    private var badges: [HTML] {
        if isUnknown { return ["<span class=\"badge\">not polled yet</span> "] + inProgress }
        guard !troubles.isEmpty else { return ["<span class=\"badge good\">fine</span> "] + inProgress }
        let troubles: [HTML] = troubles.map {
            "<span class=\"badge \($0.severity == .critical ? "critical" : "warning")\">\($0.text)</span> "
        }
        return troubles + inProgress
    }

    /// What runs and is not stuck, which would be said twice.
    private var inProgress: [HTML] {
        let names = Operation.allCases.filter { view.record.state[$0].openSince != nil }.map {
            $0.rawValue.replacing("_", with: " ")
        }
        let running = names.filter { name in !troubles.contains { $0.text == "\(name) stuck" } }
        return running.map { " <span class=\"badge\">\($0) running</span>" }
    }

    private var rekeys: String {
        let counts = Dictionary(view.record.state.rekeys.values.map { ($0.phase, 1) }, uniquingKeysWith: +)
        let phases = RekeyPhase.allCases.compactMap { phase in
            counts[phase].map { "\($0) \(phase.rawValue)" }
        }
        return phases.isEmpty ? "none" : phases.joined(separator: ", ")
    }

    private func age(since moment: Double) -> String {
        let seconds = Int(max(0, now - moment))
        return switch seconds {
        case ..<120: "\(seconds) s ago"
        case ..<7200: "\(seconds / 60) min ago"
        case ..<172_800: "\(seconds / 3600) h ago"
        default: "\(seconds / 86400) days ago"
        }
    }

    private static func cut(_ text: String) -> String {
        // By scalars: one letter may be any number of them.
        guard text.unicodeScalars.count > longestName else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(longestName - 1))) + "…"
    }
}
