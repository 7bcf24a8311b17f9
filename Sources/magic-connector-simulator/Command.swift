// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ConnectorSimulator
import Glibc
import Logging

/// The program: a server of Cloudflare's API on loopback.
@main struct Command: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "magic-connector-simulator",
        abstract: "A Cloudflare API for Magic WAN Connectors on loopback, for demonstrations and tests.",
        discussion: """
            The simulator generates connectors with realistic events, which depend on --seed alone, and serves them \
            like Cloudflare. GET / lists all routes, including those that control the simulator.

            A fault is KIND[:PARAM][,KEY=VALUE...][@SHARE], for example:
              --fault status:503@0.05
              --fault status:429,retry_after=7,endpoint=events,times=3
              --fault delay:2s,connector=ID
              --fault cursor_loop@0.01
            """
    )

    @Option(
        name: .customLong("web.listen-address"),
        help: "The loopback address to listen on; port 0 selects a free port."
    )
    var listenAddress = "127.0.0.1:10978"

    @Option(help: "The seed of all random values.", transform: whole)
    var seed: UInt64 = 1

    @Option(help: "The number of connectors in each account.", transform: whole)
    var connectors: Int = 25

    @Option(help: "The number of accounts; the first is 00000000000000000000000000000001.", transform: whole)
    var accounts: Int = 1

    @Option(
        help: "The length of each connector's history at the start, as a duration.",
        transform: duration
    )
    var history = 86_400.0

    @Option(
        name: .customLong("history.speed"),
        help: "The speed of the history, relative to real time; the default is --life.speed.",
        transform: number
    )
    var historySpeed: Double?

    @Option(
        name: .customLong("life.speed"),
        help: "The speed after the start, relative to real time; 0 means no new events.",
        transform: number
    )
    var lifeSpeed: Double = 1.0

    @Option(
        help: "The start of the history, in seconds since the Unix epoch; the default is --history ago.",
        transform: whole
    )
    var birth: Int?

    @Option(
        name: .customLong("events-per-connector"),
        help: "The exact number of events in each connector's history.",
        transform: whole
    )
    var eventsPerConnector: Int?

    @Option(
        name: .customLong("token"),
        help:
            "A token: TEXT, TEXT:none (without permission) or TEXT:ACCOUNT. Repeatable. (default: simulator-token)",
        transform: token
    )
    var tokens: [AccessToken] = []

    @Option(
        name: .customLong("rate-limit"),
        help: "The number of requests per token and window; 0 means no limit.",
        transform: whole
    )
    var rateLimit: Int = 1200

    @Option(
        name: .customLong("rate-limit.window"),
        help: "The window of the rate limit.",
        transform: duration
    )
    var rateLimitWindow = 300.0

    @Option(
        name: .customLong("rate-limit.block"),
        help: "The time for which a token is blocked after it exceeded the limit.",
        transform: duration
    )
    var rateLimitBlock = 300.0

    @Option(help: "The order of lists of events: oldest-first or newest-first.", transform: order)
    var order = EventOrder.oldestFirst

    @Option(
        name: .customLong("page-limit"),
        help: "The maximum number of events on a page.",
        transform: whole
    )
    var pageLimit: Int = 1000

    @Option(
        name: .customLong("page-limit.default"),
        help: "The number of events on a page if a request has no limit.",
        transform: whole
    )
    var defaultPageLimit: Int = 100

    @Option(name: .customLong("latest-count"), help: "The number of events in \"latest\".", transform: whole)
    var latestCount: Int = 100

    @Option(
        name: .customLong("late-share"),
        help: "The share of events that are collected more than an hour late.",
        transform: number
    )
    var lateShare: Double = 0.001

    @Option(
        name: .customLong("unknown-kinds"),
        help: "The share of events of undocumented kinds, up to 0.5.",
        transform: number
    )
    var unknownShare: Double = 0.0

    @Option(
        name: .customLong("snapshots.interval"),
        help: "The time between two telemetry snapshots of a connector.",
        transform: duration
    )
    var snapshotInterval = 60.0

    @Option(
        name: .customLong("snapshots.incidents"),
        help: "The frequency of degraded tunnels and lost carriers, relative to the default; 0 means none.",
        transform: number
    )
    var snapshotIncidents: Double = 1.0

    @Option(name: .customLong("fault"), help: "A fault in force at the start. Repeatable.", transform: fault)
    var faults: [Fault] = []

    @Option(
        name: .customLong("log.level"),
        help: "The log level: trace, debug, info, notice, warning, error or critical.",
        transform: level
    )
    var logLevel = Logger.Level.warning

    /// Parses the flags and runs.
    ///
    /// An error is one line on standard error, with exit code 1.
    static func main() async {
        do {
            var parsed = try parseAsRoot()
            // Another command belongs to the argument parser, such as help.
            guard let command = parsed as? Command else { return try parsed.run() }
            try await command.run()
        } catch {
            let code = exitCode(for: error)
            if code.isSuccess { exit(withError: error) }
            report(error: message(for: error))
            Glibc.exit(1)
        }
    }

    func run() async throws {
        // A client may close its connection while a response is being sent.
        signal(SIGPIPE, SIG_IGN)
        var logger = Logger(label: "simulator") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        let simulator = try Simulator(configuration: simulatorConfiguration, logger: logger)
        let termination = Termination { simulator.stop() }
        printSummary(of: simulator)
        await simulator.run()
        termination.cancel()
    }

    private var simulatorConfiguration: SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.listenAddress = listenAddress
        configuration.seed = seed
        configuration.connectors = connectors
        configuration.accounts = accounts
        configuration.history = history
        configuration.historySpeed = historySpeed
        configuration.lifeSpeed = lifeSpeed
        configuration.birth = birth
        configuration.eventsPerConnector = eventsPerConnector
        if !tokens.isEmpty { configuration.tokens = tokens }
        configuration.rateLimit = rateLimit
        configuration.rateLimitWindow = rateLimitWindow
        configuration.rateLimitBlock = rateLimitBlock
        configuration.order = order
        configuration.pageLimit = pageLimit
        configuration.defaultPageLimit = defaultPageLimit
        configuration.latestCount = latestCount
        configuration.lateShare = lateShare
        configuration.unknownShare = unknownShare
        configuration.snapshotInterval = snapshotInterval
        configuration.snapshotIncidents = snapshotIncidents
        configuration.faults = faults
        return configuration
    }

    /// Prints the facts that a client needs, one per line.
    ///
    /// Scripts parse them.
    private func printSummary(of simulator: Simulator) {
        print("base URL    \(simulator.baseURL)")
        for account in simulator.accountIDs { print("account     \(account)") }
        for token in simulator.configuration.tokens { print("token       \(token.text)") }
        print("connectors  \(connectors)\(accounts > 1 ? " in each account" : "")")
        print("events      \(simulator.listedEvents)")
        print("control     \(simulator.controlURL)")
        // Standard output is buffered if it is a pipe, and a script may be waiting for these lines.
        fflush(nil)
    }
}
