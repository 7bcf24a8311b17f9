// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Exporter
import Foundation

/// The subcommand that writes samples for `promtool tsdb create-blocks-from openmetrics`.
struct ExportOpenMetrics: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openmetrics",
        abstract: "Writes counters and states with the times of the events, for Prometheus.",
        discussion: """
            The output is for promtool tsdb create-blocks-from openmetrics, so that Prometheus contains the days before its \
            first scrape. It reads the ledger at --storage.path, also beside a running exporter, and the \
            thresholds and windows of --config.file. It sends no requests.
            """
    )

    /// The exporter parses --config.file and --storage.path, even behind the name of this subcommand.
    @ParentCommand var exporter: Command

    @Option(
        help: "Start: RFC 3339, a date, seconds since the Unix epoch, or a duration back from now."
    )
    var since = "30d"

    @Option(
        help: """
            End, like --since; use the time of the first scrape if Prometheus already scrapes the exporter. Events that \
            Cloudflare collected later are left out. (default: now)
            """
    )
    var until: String?

    @Option(help: "Time between the samples around a change of a counter; a duration that divides 5m.")
    var step = "1m"

    @Option(parsing: .singleValue, help: "Only connectors of this account. Repeatable. (default: all)")
    var account: [String] = []

    @Option(parsing: .singleValue, help: "Only the connector with this id. Repeatable. (default: all)")
    var connector: [String] = []

    @Option(
        parsing: .singleValue,
        help: "Label that Prometheus adds at a scrape, such as job=magic-connectors. Repeatable."
    )
    var label: [String] = []

    @Flag(help: "Repeat each state every 5 minutes, so that graphs show it between its changes.")
    var repeatStates = false

    @Option(name: .shortAndLong, help: "File to write; - is the standard output.")
    var output = "-"

    func run() throws {
        var options = ExportOptions(configurationFile: exporter.configFile, storagePath: exporter.storagePath)
        options.since = since
        options.until = until
        options.step = step
        options.accounts = account
        options.connectors = connector
        options.labels = label
        options.repeatsStates = repeatStates
        // Otherwise the reader of a pipe ends the process before the progress is erased.
        signal(SIGPIPE, SIG_IGN)
        let start = ContinuousClock.now
        try reportingErrors {
            var export = try OpenMetricsExport(options)
            let temporary =
                ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
            let summary = try export.run(to: output, temporaryDirectory: temporary)
            report("\(summary), within \((ContinuousClock.now - start).components.seconds) s")
        }
    }
}
