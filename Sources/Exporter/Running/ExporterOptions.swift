// SPDX-License-Identifier: Apache-2.0

package import HTTPEndpoint
package import Logging
package import Polling

/// What the command line decides.
package struct ExporterOptions: Sendable {
    /// `nil` where one account comes from the environment.
    package var configurationFile: String?

    /// In the format of Prometheus's exporter-toolkit; `nil` for cleartext without passwords.
    package var webConfigurationFile: String?
    package var environment: [String: String]
    package var listenAddresses: [ListenAddress]
    package var telemetryPath: String

    /// The most scrapes that are answered at once; 0 for no limit.
    package var maxRequests: Int
    package var storagePath: String
    package var withExporterMetrics: Bool

    /// Whether counters say in OpenMetrics when they began at 0.
    package var withCreatedSamples: Bool
    /// Whose part of all connectors is polled.
    package var shard: Shard
    package var logger: Logger

    package init(
        configurationFile: String?,
        webConfigurationFile: String? = nil,
        environment: [String: String],
        listenAddresses: [ListenAddress],
        telemetryPath: String,
        maxRequests: Int,
        storagePath: String,
        withExporterMetrics: Bool,
        withCreatedSamples: Bool,
        shard: Shard,
        logger: Logger
    ) {
        self.configurationFile = configurationFile
        self.webConfigurationFile = webConfigurationFile
        self.environment = environment
        self.listenAddresses = listenAddresses
        self.telemetryPath = telemetryPath
        self.maxRequests = maxRequests
        self.storagePath = storagePath
        self.withExporterMetrics = withExporterMetrics
        self.withCreatedSamples = withCreatedSamples
        self.shard = shard
        self.logger = logger
    }
}
