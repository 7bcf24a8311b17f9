// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import LinuxSystem
import Polling
import WireText

/// The subcommand `connectors`: prints the connectors of the ledger.
package struct ConnectorsProgram: Sendable {
    /// The options of the command.
    package struct Options: Sendable {
        /// The path of the configuration with the thresholds of stuck work; `nil` for the defaults.
        package var configurationFile: String?
        /// The directory of the ledger.
        package var storagePath: String
        /// Patterns of ids and serial numbers of connectors; empty for all.
        package var connectors: [String] = []
        /// Patterns of ids and names of sites; empty for all.
        package var sites: [String] = []
        /// Whether to include connectors that Cloudflare no longer lists.
        package var includesGone = false
        /// Whether to print JSON.
        package var isJSON = false

        /// Creates the options of all connectors.
        package init(configurationFile: String?, storagePath: String) {
            self.configurationFile = configurationFile
            self.storagePath = storagePath
        }
    }

    /// The age of the newest poll after which the states are those of that poll, in seconds.
    private static let maxAge = 900.0

    private let options: Options
    private let environment: [String: String]
    private let clock = SystemClock()

    /// Creates a program.
    ///
    /// - Parameters:
    ///   - options: the options of the command.
    ///   - environment: the environment of the process.
    package init(_ options: Options, environment: [String: String]) {
        self.options = options
        self.environment = environment
    }

    /// Prints the selected connectors, ordered by site and name.
    ///
    /// - Returns: a note about the age of the data; `nil` if it is current.
    /// - Throws: an error that names the option or the path.
    package func run() throws -> String? {
        let settings = try FamilySettings.load(options.configurationFile)
        let history = try EventHistory(directory: options.storagePath)
        let selection = ConnectorSelection(connectors: options.connectors, sites: options.sites)
        let known = try history.connectors().filter { options.includesGone || $0.isPresent }
        let polled = known.compactMap(\.lastSuccess).max()
        let isCurrent = polled.map { clock.now() - $0 <= Self.maxAge } ?? true
        let selected = try selection.select(
            from: Dictionary(known.map { ($0.key, $0.inventory) }) { first, _ in first }
        )
        let fleet = FleetSnapshot(
            connectors: known.filter { selected.contains($0.key) }.map {
                ConnectorView(record: $0, pollSucceeded: nil)
            },
            accounts: [],
            settings: settings,
            now: isCurrent ? clock.now() : polled ?? clock.now()
        )
        let summaries = fleet.assessed.map(ConnectorSummary.init).sorted { Self.order($0) < Self.order($1) }
        let output = try CommandOutput(path: nil)
        if options.isJSON {
            for summary in summaries { try output.print(JSONLine.encode(summary)) }
        } else {
            let terminal = Terminal(environment: environment)
            let table = ConnectorTable(summaries, usesColor: terminal.usesColor, width: terminal.width)
            for line in table.lines { try output.print(line.utf8) }
        }
        try output.flush()
        guard !isCurrent, let polled else { return nil }
        return
            "the newest poll was at \(CivilTime(secondsSinceEpoch: polled.wholeSeconds).rfc3339); the states are from then"
    }

    private static func order(_ summary: ConnectorSummary) -> (String, String, String, String) {
        (summary.accountID, summary.siteName ?? "~", summary.serialNumber ?? "~", summary.connectorID)
    }
}
