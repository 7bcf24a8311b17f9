// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The subcommands that write the history of the ledger.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes the history of the ledger in a format of another program.",
        subcommands: [ExportOpenMetrics.self]
    )
}
