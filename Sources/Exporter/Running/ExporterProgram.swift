// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
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

/// The exporter: creates all components, runs them, and stops them in order.
package struct ExporterProgram: Sendable {
    private let options: ExporterOptions
    private let clock = SystemClock()

    /// Creates a program without starting it.
    package init(_ options: ExporterOptions) {
        self.options = options
    }

    /// Checks the configuration with its tokens, certificates and keys, without starting.
    ///
    /// - Returns: one line with a summary.
    package func check() throws(ConfigurationError) -> String {
        let plan = try loadPlan()
        let accounts = plan.configuration.accounts.count
        let summary = "configuration is valid: \(accounts) account\(accounts == 1 ? "" : "s")"
        guard let security = try loadSecurity() else { return summary }
        return "\(summary); web: \(security.configuration.summary)"
    }

    /// Runs until SIGTERM or SIGINT.
    ///
    /// - Throws: `StartError` if the start fails. After the start, no response of the API ends the program.
    package func run() async throws {
        Self.configureProcess()
        let statistics = PollStatistics()
        let (plan, security, ledger) = try await open(statistics)
        let transport = CurlTransport(userAgent: BuildInfo.userAgent)
        let startTime = ProcessUsage.startTime(now: clock.now(), uptime: clock.uptime().seconds)
        let eventLog = EventLog(
            path: plan.configuration.eventsLog.path,
            ledger: ledger,
            directory: options.storagePath,
            clock: clock,
            logger: options.logger
        )
        let publisher = publisher(plan, statistics, startTime: startTime) {
            StorageStatus(size: ledger.size, eventLog: eventLog.status)
        }
        let supervisor = PollingSupervisor(
            plan: plan,
            transport: transport,
            ledger: ledger,
            statistics: statistics,
            observer: publisher,
            clock: clock,
            logger: options.logger
        )
        let queue = ReloadQueue()
        let handler = HostMiddleware(allowing: options.allowedHosts)
            .wrapping(routes(publisher, supervisor, queue, startTime: startTime).handler)
        let endpoint = try listen(security, handler)
        logStart(endpoint, security)
        try await serve([
            PublisherService(publisher: publisher),
            EndpointService(endpoint: endpoint),
            // Services end in the reverse order, so that the log contains the events of the last polls.
            EventLogService(log: eventLog),
            PollingService(supervisor: supervisor),
            ReloadService(
                queue: queue,
                reloader: reloader(supervisor, publisher, eventLog, endpoint, security, handler),
                security: security,
                clock: clock
            ),
        ])
        await Self.shutDown(transport)
        options.logger.info("stopped", metadata: ["event": "stopped"])
    }

    private static func configureProcess() {
        // By default glibc keeps freed memory separately for each thread, which costs a large fleet a fifth more memory.
        mallopt(M_ARENA_MAX, 2)
        DescriptorLimit.raise()
        // A write beyond RLIMIT_FSIZE must fail like any other write, and not end the process.
        _ = signal(SIGXFSZ, SIG_IGN)
    }

    private static func shutDown(_ transport: CurlTransport) async {
        // OpenSSL frees its global state when the process exits, so the transport's thread must end before.
        transport.shutdown()
        await transport.waitUntilClosed()
    }
}

// MARK: - Loading

extension ExporterProgram {
    private func open(
        _ statistics: PollStatistics
    ) async throws(StartError) -> (PollingPlan, WebSecurity?, EventLedger) {
        do {
            let plan = try loadPlan()
            let security = try loadSecurity()
            let storageLog = StorageLog(logger: options.logger, statistics: statistics)
            let ledger = try EventLedger(directory: options.storagePath) { [clock] event in
                storageLog.record(event, at: clock.uptime())
            }
            try await ledger.recover(forgettingTunnelsAfter: plan.familySettings.forgetTunnelsAfter)
            // Only now, because a start that fails prints one line.
            TokenFileLog.warn(of: plan.configuration.accounts, to: options.logger)
            return (plan, security, ledger)
        } catch {
            throw StartError("\(error)")
        }
    }

    private func loadPlan() throws(ConfigurationError) -> PollingPlan {
        let configuration = try Configuration.load(
            options.configurationFile,
            environment: options.environment
        )
        return try PollingPlan(configuration, shard: options.shard, clock: clock)
    }

    private func loadSecurity() throws(ConfigurationError) -> WebSecurity? {
        guard let path = options.webConfigurationFile else { return nil }
        return try WebSecurity(path: path)
    }
}

// MARK: - Components

extension ExporterProgram {
    private func publisher(
        _ plan: PollingPlan,
        _ statistics: PollStatistics,
        startTime: Timestamp?,
        storage: @escaping @Sendable () -> StorageStatus?
    ) -> Publisher {
        Publisher(
            settings: plan.familySettings,
            statistics: statistics,
            withExporterFamilies: options.withExporterMetrics,
            withCreated: options.withCreatedSamples,
            startTime: startTime,
            shard: options.shard,
            clock: clock,
            storage: storage
        )
    }

    private func routes(
        _ publisher: Publisher,
        _ supervisor: PollingSupervisor,
        _ queue: ReloadQueue,
        startTime: Timestamp?
    ) -> Routes {
        let tail =
            options.withExporterMetrics
            ? ScrapeTail(withCreated: options.withCreatedSamples, startTime: startTime) : nil
        return Routes(
            telemetryPath: options.telemetryPath,
            metrics: MetricsRoute(
                publisher: publisher,
                scrapes: ScrapeCounter(),
                maxRequests: options.maxRequests,
                tail: tail,
                clock: clock
            ),
            pages: pages(publisher),
            health: supervisor,
            reloads: queue,
            isLifecycleEnabled: options.isLifecycleEnabled
        )
    }

    private func pages(_ publisher: Publisher) -> PageRoutes {
        PageRoutes(
            telemetryPath: options.telemetryPath,
            dashboardURL: options.dashboardURL,
            storagePath: options.storagePath,
            clock: clock,
            logger: options.logger
        ) { await publisher.fleetSnapshot() }
    }

    private func listen(
        _ security: WebSecurity?,
        _ handler: @escaping Handler
    ) throws(StartError) -> HTTPEndpoint {
        do throws(EndpointError) {
            return try HTTPEndpoint(
                listening: options.listenAddresses,
                tls: security?.configuration.tls?.context,
                limits: Limits(bodyBytes: 0),
                logger: options.logger,
                handler: security?.wrapping(handler) ?? handler
            )
        } catch {
            throw StartError(error.description)
        }
    }

    private func reloader(
        _ supervisor: PollingSupervisor,
        _ publisher: Publisher,
        _ eventLog: EventLog,
        _ endpoint: HTTPEndpoint,
        _ security: WebSecurity?,
        _ handler: @escaping Handler
    ) -> Reloader {
        let reloadWeb: (@Sendable () throws(ConfigurationError) -> WebConfiguration?)? =
            if let security {
                { () throws(ConfigurationError) in
                    let old = security.configuration
                    let new = try security.reload(applyingTo: endpoint, handler: handler)
                    return new.equals(old) ? nil : new
                }
            } else {
                nil
            }
        return Reloader(
            loadPlan: { () throws(ConfigurationError) in try loadPlan() },
            reloadWeb: reloadWeb,
            supervisor: supervisor,
            publisher: publisher,
            eventLog: eventLog,
            clock: clock,
            logger: options.logger
        )
    }
}

// MARK: - Running

extension ExporterProgram {
    private func logStart(_ endpoint: HTTPEndpoint, _ security: WebSecurity?) {
        for address in endpoint.addresses {
            options.logger.info(
                "listening",
                metadata: [
                    "event": "listening", "address": "\(address)", "path": "\(options.telemetryPath)",
                ]
            )
        }
        if let security {
            options.logger.info(
                "web configuration loaded",
                metadata: [
                    "event": "web_configuration_loaded", "web": "\(security.configuration.summary)",
                ]
            )
        }
    }

    private func serve(_ services: [any Service]) async throws {
        // The group logs the names of services, which mean nothing to an operator.
        var logger = options.logger
        logger.logLevel = .warning
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
    }
}
