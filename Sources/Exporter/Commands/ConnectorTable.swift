// SPDX-License-Identifier: Apache-2.0

/// The table of the subcommand `connectors`.
struct ConnectorTable {
    private static let header = [
        "SERIAL NUMBER", "CONNECTOR", "SITE", "ROLE", "STATE", "LAST EVENT", "PROBLEMS",
    ]

    private static let stateColumn = 4

    /// The lines, without line feeds.
    let lines: [String]

    /// - Parameters:
    ///   - summaries: the rows.
    ///   - usesColor: whether the state has a colour.
    ///   - width: the number of columns of the terminal, at which lines are cut; `nil` for no limit.
    init(_ summaries: [ConnectorSummary], usesColor: Bool, width: Int?) {
        let rows = [Self.header] + summaries.map(Self.cells)
        let widths = Self.header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        lines = rows.enumerated().map { index, row in
            var line = ""
            var used = 0
            for (column, cell) in row.enumerated() {
                let isLast = column == row.count - 1
                let padded =
                    isLast ? cell : cell + String(repeating: " ", count: widths[column] - cell.count + 2)
                let shown = width.map { String(padded.prefix(max(0, $0 - used))) } ?? padded
                used += shown.count
                let color = index > 0 && column == Self.stateColumn && usesColor ? Self.color(cell) : nil
                line += color.map { "\u{1b}[\($0)m\(shown)\u{1b}[0m" } ?? shown
            }
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    private static func cells(_ summary: ConnectorSummary) -> [String] {
        [
            summary.serialNumber ?? "-", summary.connectorID, summary.siteName ?? summary.siteID ?? "-",
            summary.role ?? "-", summary.state.rawValue, summary.lastEvent ?? "-",
            summary.problems.joined(separator: ", "),
        ]
        .map(PrintableText.escaped)
    }

    private static func color(_ state: String) -> String? {
        switch state {
        case ConnectorSummary.State.critical.rawValue: "31"
        case ConnectorSummary.State.warning.rawValue: "33"
        case ConnectorSummary.State.healthy.rawValue: "32"
        default: nil
        }
    }
}
