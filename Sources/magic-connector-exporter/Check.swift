// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Exporter
import Foundation

/// The subcommand that asks Cloudflare with the configured tokens.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks Cloudflare whether the configured tokens work, and what they show.",
        discussion: """
            For each account, it checks the token, its expiry, and the permission for connectors, sites, events and \
            snapshots. It also prints the difference of the clocks and the poll interval that the request budget allows. \
            The exit status is 1 if anything is missing. It sends at most six requests per account. It reads the same \
            --config.file or environment as the exporter.
            """
    )

    /// The parent parses --config.file, even behind the name of the subcommand, so that an option of this command stays empty.
    @ParentCommand var exporter: Command

    @Flag(name: .long, help: "Print one JSON object per account.")
    var json = false

    func run() async throws {
        let program = CheckProgram(
            configurationFile: exporter.configFile,
            environment: ProcessInfo.processInfo.environment
        )
        let problems: [String]
        do {
            problems = try await program.run { report in
                print(json ? try report.json() : report.text)
            }
        } catch {
            report(error)
            throw ExitCode(1)
        }
        guard !problems.isEmpty else { return }
        for problem in Set(problems).sorted() {
            report(problem)
        }
        throw ExitCode(1)
    }
}
