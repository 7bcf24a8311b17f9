// SPDX-License-Identifier: Apache-2.0

package import HTTPEndpoint
package import Logging
package import Polling

/// The options of the command line.
package struct ExporterOptions: Sendable {
    /// The path of `--config.file`; if `nil`, one account is read from the environment.
    package var configurationFile: String?

    /// The path of `--web.config.file`; if `nil`, the endpoint uses cleartext without passwords.
    package var webConfigurationFile: String?

    /// The environment variables.
    package var environment: [String: String]

    /// `--web.listen-address`, or the sockets of systemd.
    package var listenAddresses: [ListenAddress]

    /// `--web.telemetry-path`.
    package var telemetryPath: String

    /// `--web.dashboard-url`: the address of Grafana; `nil` if it is unknown.
    package var dashboardURL: String?

    /// `--web.max-requests`: the maximum number of concurrent scrapes; 0 for no limit.
    package var maxRequests: Int

    /// `--web.allowed-host`: the host names that requests may use; empty allows all.
    package var allowedHosts: [String]

    /// `--storage.path`: the directory of the ledger.
    package var storagePath: String

    /// Whether metrics about the exporter itself are exposed; the inverse of `--web.disable-exporter-metrics`.
    package var withExporterMetrics: Bool

    /// `--web.enable-lifecycle`: whether clients may reload the configuration.
    package var isLifecycleEnabled: Bool

    /// `--web.enable-created-samples`: whether OpenMetrics has created samples.
    package var withCreatedSamples: Bool

    /// `--shard.index` and `--shard.count`: the share of the connectors that is polled.
    package var shard: Shard

    /// The logger, with `--log.level` and `--log.format`.
    package var logger: Logger

    /// Creates the options.
    package init(
        configurationFile: String?,
        webConfigurationFile: String? = nil,
        environment: [String: String],
        listenAddresses: [ListenAddress],
        telemetryPath: String,
        dashboardURL: String? = nil,
        maxRequests: Int,
        allowedHosts: [String] = [],
        storagePath: String,
        withExporterMetrics: Bool,
        withCreatedSamples: Bool,
        isLifecycleEnabled: Bool,
        shard: Shard,
        logger: Logger
    ) {
        self.configurationFile = configurationFile
        self.webConfigurationFile = webConfigurationFile
        self.environment = environment
        self.listenAddresses = listenAddresses
        self.telemetryPath = telemetryPath
        self.dashboardURL = dashboardURL
        self.maxRequests = maxRequests
        self.allowedHosts = allowedHosts
        self.storagePath = storagePath
        self.withExporterMetrics = withExporterMetrics
        self.withCreatedSamples = withCreatedSamples
        self.isLifecycleEnabled = isLifecycleEnabled
        self.shard = shard
        self.logger = logger
    }
}
