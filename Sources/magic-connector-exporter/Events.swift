// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Exporter
import Foundation

/// The subcommand that prints events of the ledger.
struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints events of the ledger, oldest first.",
        discussion: """
            It reads the ledger in --storage.path, whose exporter may be running or stopped. Patterns are those of a shell, \
            such as 'Finish*Failure', and may be separated by commas. Times are RFC 3339 such as 2026-08-01T12:00:00Z, \
            seconds since the Unix epoch, or a duration back from now such as 4d.
            """
    )

    /// The parent parses --storage.path, even behind the name of the subcommand.
    @ParentCommand var exporter: Command

    @Option(
        name: .long,
        parsing: .singleValue,
        help: "Pattern of ids or serial numbers of connectors. Repeatable."
    )
    var connector: [String] = []

    @Option(name: .long, parsing: .singleValue, help: "Pattern of ids or names of sites. Repeatable.")
    var site: [String] = []

    @Option(name: .long, parsing: .singleValue, help: "Pattern of kinds, such as 'Rekey*'. Repeatable.")
    var kind: [String] = []

    @Option(name: .long, help: "Time of the oldest events. (default: all)")
    var since: String?

    @Option(name: .long, help: "Time of the newest events. (default: now)")
    var until: String?

    @Flag(name: .long, help: "Wait for new events, and print them as they are counted.")
    var follow = false

    @Flag(name: .long, help: "Print one JSON object per event.")
    var json = false

    @Flag(name: .long, help: "Print times in UTC instead of the local time zone.")
    var utc = false

    func validate() throws {
        if follow, until != nil {
            throw ValidationError("--follow: is not allowed with --until; remove one of them")
        }
    }

    func run() throws {
        var options = EventsProgram.Options(storagePath: exporter.storagePath)
        options.connectors = connector
        options.sites = site
        options.kinds = kind
        options.since = since
        options.until = until
        options.follows = follow
        options.isJSON = json
        options.isUTC = utc
        try reportingErrors {
            try EventsProgram(options, environment: ProcessInfo.processInfo.environment).run()
        }
    }
}
