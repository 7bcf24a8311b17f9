// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Exporter
import Foundation
import HTTPEndpoint
import Logging
import Polling

@main struct Command: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: BuildInfo.name,
        abstract: "Exposes the telemetry events of Cloudflare Magic WAN Connectors as Prometheus metrics.",
        discussion: """
            Without --config.file, one account is read from the environment: CLOUDFLARE_API_TOKEN or \
            CLOUDFLARE_API_TOKEN_FILE, \
            CLOUDFLARE_ACCOUNT_ID and, optionally, CLOUDFLARE_BASE_URL.
            """,
        version: BuildInfo.text,
        subcommands: [Check.self, Connectors.self, Events.self, Export.self, Forget.self]
    )

    @Option(name: .customLong("config.file"), help: "Path of the configuration file.")
    var configFile: String?

    @Flag(
        name: .customLong("config.check"),
        help:
            "Check the configuration files with their tokens, certificates and keys, and exit."
    )
    var configCheck = false

    @Option(
        name: .customLong("web.listen-address"),
        parsing: .singleValue,
        help:
            "Address on which to expose metrics, such as :10977, [::1]:10977 or unix:/path. Repeatable. (default: :10977)"
    )
    var listenAddresses: [String] = []

    @Flag(
        name: .customLong("web.systemd-socket"),
        help: "Use the sockets of systemd socket activation instead of --web.listen-address."
    )
    var systemdSocket = false

    @Option(
        name: .customLong("web.config.file"),
        help: "Path of the web configuration file: TLS, passwords, headers, rate limit."
    )
    var webConfigFile: String?

    @Option(name: .customLong("web.telemetry-path"), help: "Path under which to expose metrics.")
    var telemetryPath = "/metrics"

    @Option(
        name: .customLong("web.dashboard-url"),
        help: "Address of Grafana, to which the page of a connector links. (default: no links)"
    )
    var dashboardURL: String?

    @Option(
        name: .customLong("web.max-requests"),
        help: "Maximum number of concurrent scrapes; 0 for no limit."
    )
    var maxRequests = 40

    @Option(
        name: .customLong("web.allowed-host"),
        parsing: .singleValue,
        help:
            "Host name or IP address that requests may use, on any port; others get 421. Repeatable. (default: all)"
    )
    var allowedHosts: [String] = []

    @Flag(
        name: .customLong("web.disable-exporter-metrics"),
        help: "Exclude metrics about the exporter itself and its process."
    )
    var disableExporterMetrics = false

    @Flag(
        name: .customLong("web.enable-created-samples"),
        help: "Add a _created sample with the start time of each counter to OpenMetrics."
    )
    var enableCreatedSamples = false

    @Flag(
        name: .customLong("web.enable-lifecycle"),
        help: "Enable reloads of the configuration by POST and PUT requests to /-/reload."
    )
    var enableLifecycle = false

    @Option(
        name: .customLong("storage.path"),
        help: "Directory of the event ledger; created if it is missing."
    )
    var storagePath = "data"

    @Option(
        name: .customLong("shard.index"),
        help: "Index of this exporter among --shard.count exporters, starting at 0."
    )
    var shardIndex = 0

    @Option(
        name: .customLong("shard.count"),
        help: "Number of exporters that share the connectors and the request budgets."
    )
    var shardCount = 1

    @Option(
        name: .customLong("log.level"),
        help: "Only log messages with this level or above: debug, info, warn or error."
    )
    var logLevel = LogLevel.info

    @Option(name: .customLong("log.format"), help: "Output format of log messages: logfmt or json.")
    var logFormat = LogFormat.logfmt

    func validate() throws {
        guard telemetryPath.hasPrefix("/"), !telemetryPath.contains(where: { "?# ".contains($0) }) else {
            throw ValidationError(
                "--web.telemetry-path: \"\(telemetryPath)\" is not a path; use a path like /metrics"
            )
        }
        if let dashboardURL,
            !dashboardURL.hasPrefix("https://") && !dashboardURL.hasPrefix("http://")
                || dashboardURL.contains(where: { "?# \"<>".contains($0) })
        {
            throw ValidationError(
                "--web.dashboard-url: \"\(dashboardURL)\" is not an address; use one like https://grafana.example.com"
            )
        }
        guard maxRequests >= 0 else {
            throw ValidationError(
                "--web.max-requests: \(maxRequests) is not allowed; use a positive number, or 0 for no limit"
            )
        }
        for host in allowedHosts
        where host.isEmpty || host.first == ":" || host.contains(where: { "/@ ".contains($0) }) {
            throw ValidationError(
                "--web.allowed-host: \"\(host)\" is not a host name; use a name like exporter.example.com"
            )
        }
        _ = try shard()
    }

    private func shard() throws -> Shard {
        guard shardCount >= 1 else {
            throw ValidationError(
                "--shard.count: \(shardCount) is not allowed; use 1 if one exporter polls all connectors"
            )
        }
        guard let shard = Shard(index: shardIndex, count: shardCount) else {
            throw ValidationError(
                "--shard.index: \(shardIndex) is out of range for --shard.count \(shardCount); use 0"
                    + (shardCount > 1 ? " to \(shardCount - 1)" : ", or set --shard.count")
            )
        }
        return shard
    }

    func run() async throws {
        do {
            let program = ExporterProgram(try options())
            if configCheck {
                print(try program.check())
            } else {
                try await program.run()
            }
        } catch {
            report(error)
            throw ExitCode(1)
        }
    }

    private func options() throws -> ExporterOptions {
        let environment = ProcessInfo.processInfo.environment
        return ExporterOptions(
            configurationFile: configFile,
            webConfigurationFile: webConfigFile,
            environment: environment,
            listenAddresses: try addresses(in: environment),
            telemetryPath: telemetryPath,
            dashboardURL: dashboardURL,
            maxRequests: maxRequests,
            allowedHosts: allowedHosts,
            storagePath: storagePath,
            withExporterMetrics: !disableExporterMetrics,
            withCreatedSamples: enableCreatedSamples,
            isLifecycleEnabled: enableLifecycle,
            shard: try shard(),
            logger: logFormat.logger(label: BuildInfo.name, level: logLevel)
        )
    }

    private func addresses(in environment: [String: String]) throws -> [ListenAddress] {
        // A check does not listen, and systemd passes no sockets to it.
        if systemdSocket, !configCheck { return try SocketActivation.requiredAddresses(in: environment) }
        return try (listenAddresses.isEmpty ? [":10977"] : listenAddresses).map(ListenAddress.parse)
    }
}

extension LogLevel: ExpressibleByArgument {}
extension LogFormat: ExpressibleByArgument {}
