// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Exporter

/// The subcommands that end the series of what will never come back.
struct Forget: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ends the series of a tunnel or a connector that will never come back.",
        discussion: """
            The exporter of --storage.path carries out the request with its next discovery, or when it starts. The counts of \
            events stay. A forgotten tunnel begins again with its next event.
            """,
        subcommands: [Tunnel.self, Gone.self]
    )

    @ParentCommand var exporter: Command

    private func request(connector: String, tunnel: String?) throws {
        try reportingErrors {
            let program = ForgetProgram(
                storagePath: exporter.storagePath,
                connector: connector,
                tunnel: tunnel
            )
            print(try program.run())
        }
    }

    /// The subcommand for a tunnel.
    struct Tunnel: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forgets a tunnel, such as one that was deleted at Cloudflare."
        )

        @ParentCommand var forget: Forget

        @Argument(help: "Id or serial number of the connector.")
        var connector: String

        @Argument(help: "Id of the tunnel.")
        var tunnel: String

        func run() throws {
            try forget.request(connector: connector, tunnel: tunnel)
        }
    }

    /// The subcommand for a connector.
    struct Gone: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "connector",
            abstract: "Forgets a connector that Cloudflare no longer lists."
        )

        @ParentCommand var forget: Forget

        @Argument(help: "Id or serial number of the connector.")
        var connector: String

        func run() throws {
            try forget.request(connector: connector, tunnel: nil)
        }
    }
}
