// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import EventLedger
import Glibc
import HTTPEndpoint
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

    /// Checks the configuration as a start would, tokens included, and starts nothing.
    ///
    /// - Returns: one line that says what it holds.
    package func check() throws(ConfigurationError) -> String {
        let plan = try Self.load(options)
        let accounts = plan.configuration.accounts.count
        return "configuration is valid: \(accounts) account\(accounts == 1 ? "" : "s")"
    }

    /// Runs until SIGTERM or SIGINT.
    ///
    /// - Throws: `StartError` where it cannot start; once it runs, nothing that the API says ends it.
    package func run() async throws {
        let options = options
        let logger = options.logger
        let statistics = PollStatistics()
        let storageLog = StorageLog(logger: logger, statistics: statistics)
        // Beyond a limit of the size of files, a write is to fail like any other, not to end the process.
        _ = signal(SIGXFSZ, SIG_IGN)
        let plan: PollingPlan
        let ledger: EventLedger
        do {
            plan = try Self.load(options)
            ledger = try EventLedger(directory: options.storagePath, tell: storageLog.note)
            try await ledger.load()
        } catch {
            throw StartError("\(error)")
        }
        let clock = SystemClock()
        let transport = CurlTransport(userAgent: BuildInfo.userAgent)
        let publisher = Publisher(
            settings: plan.familySettings,
            statistics: statistics,
            withExporterFamilies: options.withExporterMetrics,
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
        let desk = ReloadDesk()
        let reloader = Reloader(
            desk: desk,
            load: { () throws(ConfigurationError) in try Self.load(options) },
            supervisor: supervisor,
            publisher: publisher,
            logger: logger
        )
        let routes = Routes(
            telemetryPath: options.telemetryPath,
            metrics: MetricsRoute(
                publisher: publisher,
                scrapes: ScrapeCounter(),
                maxRequests: options.maxRequests,
                withExporterFamilies: options.withExporterMetrics
            ),
            publisher: publisher,
            health: supervisor,
            reload: desk
        )
        let endpoint = try Self.listen(options, handler: routes.handler)
        for address in endpoint.addresses {
            logger.info("listening", metadata: ["address": "\(address)", "path": "\(options.telemetryPath)"])
        }
        try await Self.serve(
            [
                PublisherService(publisher: publisher), EndpointService(endpoint: endpoint),
                PollingService(supervisor: supervisor), ReloadService(reloader: reloader),
            ],
            logger: logger
        )
        if await !ledger.flush() {
            logger.error("what waited in memory is not written: the next start asks for it again")
        }
        // OpenSSL frees its state when the process exits, which its last user must not live to see.
        transport.shutdown()
        await transport.finished()
        logger.info("stopped")
    }

    private static func load(_ options: ExporterOptions) throws(ConfigurationError) -> PollingPlan {
        if let file = options.configurationFile {
            return try PollingPlan(try ConfigurationFile.load(file))
        }
        return try PollingPlan(try EnvironmentConfiguration.load(options.environment))
    }

    private static func listen(
        _ options: ExporterOptions,
        handler: @escaping Handler
    ) throws(StartError) -> HTTPEndpoint {
        do throws(EndpointError) {
            return try HTTPEndpoint(
                listening: options.listenAddresses,
                logger: options.logger,
                handler: handler
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
