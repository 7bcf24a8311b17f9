// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Exporter
import Foundation

/// The subcommand that prints the connectors of the ledger.
struct Connectors: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the connectors with their sites, states and problems.",
        discussion: """
            It reads the ledger in --storage.path, whose exporter may be running or stopped, and the thresholds of stuck work \
            in --config.file. Patterns are those of a shell, such as 'paris-*', and may be separated by commas.
            """
    )

    /// The parent parses --config.file and --storage.path, even behind the name of the subcommand.
    @ParentCommand var exporter: Command

    @Option(name: .long, parsing: .singleValue, help: "Pattern of ids or serial numbers. Repeatable.")
    var connector: [String] = []

    @Option(name: .long, parsing: .singleValue, help: "Pattern of ids or names of sites. Repeatable.")
    var site: [String] = []

    @Flag(name: .long, help: "Include connectors that Cloudflare no longer lists.")
    var all = false

    @Flag(name: .long, help: "Print one JSON object per connector.")
    var json = false

    func run() throws {
        var options = ConnectorsProgram.Options(
            configurationFile: exporter.configFile,
            storagePath: exporter.storagePath
        )
        options.connectors = connector
        options.sites = site
        options.includesGone = all
        options.isJSON = json
        try reportingErrors {
            let program = ConnectorsProgram(options, environment: ProcessInfo.processInfo.environment)
            if let note = try program.run() {
                report(note)
            }
        }
    }
}
