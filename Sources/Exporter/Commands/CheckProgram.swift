// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import CurlTransport
import LinuxSystem
import Polling
import WireText

/// The subcommand `check`: asks Cloudflare with the configured tokens.
package struct CheckProgram: Sendable {
    private let configurationFile: String?
    private let environment: [String: String]
    private let clock = SystemClock()

    /// Creates a program.
    ///
    /// - Parameters:
    ///   - configurationFile: the path of the configuration; `nil` for the environment.
    ///   - environment: the environment of the process.
    package init(configurationFile: String?, environment: [String: String]) {
        self.configurationFile = configurationFile
        self.environment = environment
    }

    /// Checks every account.
    ///
    /// - Parameter output: receives each report as soon as it is complete.
    /// - Returns: the problems with their remedies; empty if everything works.
    /// - Throws: an error of the configuration.
    package func run(_ output: (AccountReport) throws -> Void) async throws -> [String] {
        let configuration = try Configuration.load(configurationFile, environment: environment)
        let plan = try PollingPlan(configuration, clock: clock)
        let transport = CurlTransport(userAgent: BuildInfo.userAgent)
        let api = APIClient(configuration.api, transport: transport)
        var problems: [String] = []
        for group in plan.groups {
            var reports: [AccountReport] = []
            var polled = 0
            for account in group.accounts {
                let check = AccountCheck(
                    api: api,
                    account: account,
                    readsSnapshots: configuration.snapshots.isEnabled,
                    clock: clock
                )
                let (report, count) = await check.run()
                reports.append(report)
                polled += count
            }
            for var report in reports {
                report.pollInterval = PollSchedule.expectedInterval(
                    connectors: polled,
                    interval: configuration.polling.interval.seconds,
                    budget: plan.budget
                )
                problems += report.problems
                try output(report)
            }
        }
        transport.shutdown()
        await transport.waitUntilClosed()
        return problems
    }
}
