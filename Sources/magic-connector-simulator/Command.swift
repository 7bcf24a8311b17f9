// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ConnectorSimulator
import Glibc
import Logging

/// Answers like the Cloudflare API, on loopback.
@main struct Command: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "magic-connector-simulator",
        abstract: "A Cloudflare API for Magic WAN Connectors on loopback, for demonstrations and tests.",
        discussion: """
            It generates connectors with a realistic, seeded life and serves their telemetry events as Cloudflare \
            does. GET / on its address lists what else it answers.

            A fault is KIND[:PARAM][,KEY=VALUE...][@SHARE], for example:
              --fault status:503@0.05
              --fault status:429,retry_after=7,endpoint=events,times=3
              --fault delay:2s,connector=ID
              --fault cursor_loop@0.01
            """
    )

    @Option(
        name: .customLong("web.listen-address"),
        help: "The loopback address to listen on; port 0 is a free one."
    )
    var listenAddress = "127.0.0.1:10978"

    @Option(help: "What everything random is made of.", transform: whole)
    var seed: UInt64 = 1

    @Option(help: "Connectors of each account.", transform: whole)
    var connectors: Int = 25

    @Option(help: "Accounts, from 00000000000000000000000000000001 on.", transform: whole)
    var accounts: Int = 1

    @Option(
        help: "How much life lies behind each connector at the start, as a duration.",
        transform: duration
    )
    var history = 86_400.0

    @Option(
        name: .customLong("history.speed"),
        help: "How much denser than real that life is; the default is --life.speed.",
        transform: number
    )
    var historySpeed: Double?

    @Option(
        name: .customLong("life.speed"),
        help: "How much denser than real life is; 0 is a life that ends at the start.",
        transform: number
    )
    var lifeSpeed: Double = 1.0

    @Option(
        help: "When the lives began, in seconds since the Unix epoch; the default is --history ago.",
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
        help: "Requests of one token in a window; 0 is no limit.",
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
        help: "For how long a token is blocked that exceeded it.",
        transform: duration
    )
    var rateLimitBlock = 300.0

    @Option(help: "The order of lists of events: oldest-first or newest-first.", transform: order)
    var order = SimulatorConfiguration.Order.oldestFirst

    @Option(name: .customLong("page-limit"), help: "The most events on a page.", transform: whole)
    var pageLimit: Int = 1000

    @Option(
        name: .customLong("page-limit.default"),
        help: "The events on a page where the client does not say.",
        transform: whole
    )
    var defaultPageLimit: Int = 100

    @Option(name: .customLong("latest-count"), help: "The events that \"latest\" shows.", transform: whole)
    var latestCount: Int = 100

    @Option(
        name: .customLong("late-share"),
        help: "The share of events that come more than an hour late.",
        transform: number
    )
    var lateShare: Double = 0.001

    @Option(
        name: .customLong("unknown-kinds"),
        help: "The share of events of undocumented kinds, up to 0.5.",
        transform: number
    )
    var unknownShare: Double = 0.0

    @Option(name: .customLong("fault"), help: "Something that goes wrong. Repeatable.", transform: fault)
    var faults: [Fault] = []

    @Option(
        name: .customLong("log.level"),
        help: "trace, debug, info, notice, warning, error or critical.",
        transform: level
    )
    var logLevel = Logger.Level.warning

    /// Parses and runs; what is wrong with a flag is one line and exit code 1.
    static func main() async {
        do {
            var parsed = try parseAsRoot()
            // Anything else is one of the parser's own, such as help.
            guard let command = parsed as? Command else { return try parsed.run() }
            try await command.run()
        } catch {
            let code = exitCode(for: error)
            if code.isSuccess { exit(withError: error) }
            complain(message(for: error))
            Glibc.exit(1)
        }
    }

    func run() async throws {
        // A client that goes away in the middle of an answer is not the end of the simulator.
        signal(SIGPIPE, SIG_IGN)
        var logger = Logger(label: "simulator") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        let simulator = try Simulator(configuration: simulatorConfiguration, logger: logger)
        let termination = Termination { simulator.stop() }
        report(simulator)
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
        configuration.faults = faults
        return configuration
    }

    /// One line per fact that a user wants.
    private func report(_ simulator: Simulator) {
        print("base URL    \(simulator.baseURL)")
        for account in simulator.accountIDs { print("account     \(account)") }
        for token in simulator.configuration.tokens { print("token       \(token.text)") }
        print("connectors  \(connectors)\(accounts > 1 ? " in each account" : "")")
        print("events      \(simulator.listedEvents)")
        print("control     \(simulator.controlURL)")
        // Whoever reads this through a pipe waits for it.
        fflush(nil)
    }
}
