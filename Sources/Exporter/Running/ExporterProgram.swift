// SPDX-License-Identifier: Apache-2.0

import CLinux
import CurlTransport
import EventLedger
import Glibc
import HTTPEndpoint
import LinuxSystem
import Logging
import Polling
import ServiceLifecycle
import UnixSignals

/// The exporter as a whole: everything wired, started, and stopped in order.
package struct ExporterProgram: Sendable {
    private let options: ExporterOptions

    package init(_ options: ExporterOptions) {
        self.options = options
    }

    /// Checks the configuration as a start would, with tokens, certificates and keys, and starts nothing.
    ///
    /// - Returns: one line that says what it holds.
    package func check() throws(ConfigurationError) -> String {
        let plan = try Self.load(options)
        let accounts = plan.configuration.accounts.count
        let valid = "configuration is valid: \(accounts) account\(accounts == 1 ? "" : "s")"
        guard let security = try Self.loadWeb(options) else { return valid }
        return "\(valid); web: \(security.configuration.summary)"
    }

    /// Runs until SIGTERM or SIGINT.
    ///
    /// - Throws: `StartError` where it cannot start; once it runs, nothing that the API says ends it.
    package func run() async throws {
        let options = options
        let logger = options.logger
        let statistics = PollStatistics()
        let storageLog = StorageLog(logger: logger, statistics: statistics)
        // The allocator would keep freed memory apart for each of ten threads: a fifth more for a large fleet.
        mallopt(M_ARENA_MAX, 2)
        // Beyond a limit of the size of files, a write is to fail like any other, not to end the process.
        _ = signal(SIGXFSZ, SIG_IGN)
        let plan: PollingPlan
        let security: WebSecurity?
        let ledger: EventLedger
        do {
            plan = try Self.load(options)
            security = try Self.loadWeb(options)
            ledger = try EventLedger(directory: options.storagePath, onEvent: storageLog.record)
            try await ledger.recover()
        } catch {
            throw StartError("\(error)")
        }
        let clock = SystemClock()
        let transport = CurlTransport(userAgent: BuildInfo.userAgent)
        let startTime = ProcessUsage.startTime(now: clock.now(), uptime: clock.uptime())
        let publisher = Publisher(
            settings: plan.familySettings,
            statistics: statistics,
            withExporterFamilies: options.withExporterMetrics,
            withCreated: options.withCreatedSamples,
            startTime: startTime,
            shard: options.shard,
            clock: clock
        )
        let supervisor = PollingSupervisor(
            plan: plan,
            transport: transport,
            ledger: ledger,
            statistics: statistics,
            observer: publisher,
            clock: clock,
            logger: logger
        )
        let desk = ReloadQueue()
        let routes = Routes(
            telemetryPath: options.telemetryPath,
            metrics: MetricsRoute(
                publisher: publisher,
                scrapes: ScrapeCounter(),
                maxRequests: options.maxRequests,
                families: options.withExporterMetrics
                    ? ScrapeTail(withCreated: options.withCreatedSamples, startTime: startTime) : nil
            ),
            publisher: publisher,
            health: supervisor,
            reload: desk
        )
        let handler = routes.handler
        let endpoint = try Self.listen(options, security: security, handler: handler)
        let reloader = Reloader(
            desk: desk,
            load: { () throws(ConfigurationError) in try Self.load(options) },
            supervisor: supervisor,
            web: security.map { SecuredEndpoint(endpoint: endpoint, security: $0, handler: handler) },
            publisher: publisher,
            logger: logger
        )
        for address in endpoint.addresses {
            logger.info("listening", metadata: ["address": "\(address)", "path": "\(options.telemetryPath)"])
        }
        if let security {
            logger.info("web configuration loaded", metadata: ["web": "\(security.configuration.summary)"])
        }
        try await Self.serve(
            [
                PublisherService(publisher: publisher), EndpointService(endpoint: endpoint),
                PollingService(supervisor: supervisor),
                ReloadService(
                    reloader: reloader,
                    watch: security.map { WebConfigurationWatcher(security: $0, desk: desk, clock: clock) }
                ),
            ],
            logger: logger
        )
        // OpenSSL frees its state when the process exits, which its last user must not live to see.
        transport.shutdown()
        await transport.waitUntilClosed()
        logger.info("stopped")
    }

    private static func load(_ options: ExporterOptions) throws(ConfigurationError) -> PollingPlan {
        if let file = options.configurationFile {
            return try PollingPlan(try ConfigurationFile.load(file), shard: options.shard)
        }
        let configuration = try EnvironmentConfiguration.load(options.environment)
        return try PollingPlan(configuration, shard: options.shard)
    }

    private static func loadWeb(_ options: ExporterOptions) throws(ConfigurationError) -> WebSecurity? {
        guard let path = options.webConfigurationFile else { return nil }
        return try WebSecurity(path: path)
    }

    private static func listen(
        _ options: ExporterOptions,
        security: WebSecurity?,
        handler: @escaping Handler
    ) throws(StartError) -> HTTPEndpoint {
        do throws(EndpointError) {
            return try HTTPEndpoint(
                listening: options.listenAddresses,
                tls: security?.configuration.tls?.context,
                logger: options.logger,
                handler: security?.wrapping(handler) ?? handler
            )
        } catch {
            throw StartError(error.description)
        }
    }

    private static func serve(_ services: [any Service], logger: Logger) async throws {
        // The group's own lines are about its services, which are nothing that an operator knows.
        var quiet = logger
        quiet.logLevel = .warning
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: quiet
            )
        )
        try await group.run()
    }
}
