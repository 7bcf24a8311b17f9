// SPDX-License-Identifier: Apache-2.0

/// The settings of a simulator, with the defaults of the command line.
package struct SimulatorConfiguration: Sendable {
    /// The address to listen on, which must be a loopback address because the control needs no token.
    package var listenAddress = "127.0.0.1:0"
    /// The seed of all random values.
    package var seed: UInt64 = 1
    /// The number of connectors in each account.
    package var connectors = 25
    package var accounts = 1

    /// The length of each connector's history, in seconds.
    package var history = 86_400.0
    /// Script seconds per second of history; `nil` means `lifeSpeed`, or 1 if that is 0.
    package var historySpeed: Double?
    /// Script seconds per second after the start; 0 if no event may follow the history.
    package var lifeSpeed = 1.0
    /// The first second of every script, in seconds since the Unix epoch; `nil` means `history` before the start.
    ///
    /// Simulators with the same birth, history and seed have the same events, whenever they start. A restarted simulator
    /// therefore continues as if it had not stopped.
    package var birth: Int?
    /// The exact number of events in each connector's history, which replaces `historySpeed`.
    package var eventsPerConnector: Int?

    /// The accepted tokens.
    package var tokens = [AccessToken("simulator-token")]
    /// The number of requests per token and window; 0 means no limit.
    package var rateLimit = 1200
    /// The length of a window, in seconds.
    package var rateLimitWindow = 300.0
    /// The time for which a token is blocked after it exceeded the limit, in seconds.
    package var rateLimitBlock = 300.0

    package var order = EventOrder.oldestFirst
    /// The maximum number of events on a page, also if a request has a larger `limit`.
    package var pageLimit = 1000
    /// The number of events on a page if a request has no `limit`.
    package var defaultPageLimit = 100
    /// The number of events in `latest`.
    package var latestCount = 100

    /// The share of events that are collected more than an hour after they were recorded.
    package var lateShare = 0.001
    /// The share of events of undocumented kinds, at most 0.5.
    package var unknownShare = 0.0
    /// The time between two snapshots of a connector, in whole seconds.
    package var snapshotInterval = 60.0
    /// The frequency of scripted incidents in snapshots, relative to the default; 0 means none.
    package var snapshotIncidents = 1.0
    /// The faults in force at the start.
    package var faults: [Fault] = []

    package init() {}

    var fleet: FleetConfiguration {
        FleetConfiguration(
            seed: seed,
            accounts: accounts,
            connectors: connectors,
            birth: birth,
            history: history,
            historySpeed: historySpeed ?? (lifeSpeed > 0 ? lifeSpeed : 1),
            speed: lifeSpeed,
            eventsPerConnector: eventsPerConnector,
            lateShare: lateShare,
            unknownShare: unknownShare,
            snapshotInterval: Int(snapshotInterval),
            snapshotIncidents: snapshotIncidents
        )
    }

    /// Checks the ranges of all values.
    ///
    /// - Throws: an error that names the flag and the valid values.
    func check() throws(SimulatorError) {
        func require(_ isValid: Bool, _ message: String) throws(SimulatorError) {
            if !isValid { throw SimulatorError(message) }
        }
        try require((1...10_000).contains(connectors), "--connectors: use a number from 1 to 10000")
        try require((1...100).contains(accounts), "--accounts: use a number from 1 to 100")
        try require(
            history >= 0 && history <= 3650 * 86_400,
            "--history: use a duration of up to ten years, like 1d or 12h30m"
        )
        try require(
            lifeSpeed == 0 || (0.001...10_000).contains(lifeSpeed),
            "--life.speed: use 0, or a number from 0.001 to 10000"
        )
        try require(
            (0.001...10_000).contains(historySpeed ?? 1),
            "--history.speed: use a number from 0.001 to 10000"
        )
        try require(
            birth.map { (0...4_000_000_000).contains($0) } ?? true,
            "--birth: use seconds since the Unix epoch, like 1790000000"
        )
        try require(
            (1...10_000_000).contains(eventsPerConnector ?? 1),
            "--events-per-connector: use a number from 1 to 10000000"
        )
        try require(
            eventsPerConnector == nil || history >= 1,
            "--history: is too short for --events-per-connector; use a duration like 1d"
        )
        try require(rateLimit >= 0, "--rate-limit: use a number of requests, or 0 for no limit")
        try require(rateLimitWindow > 0, "--rate-limit.window: use a duration like 5m")
        try require(rateLimitBlock >= 0, "--rate-limit.block: use a duration like 5m")
        try require((1...100_000).contains(pageLimit), "--page-limit: use a number from 1 to 100000")
        try require(
            (1...100_000).contains(defaultPageLimit),
            "--page-limit.default: use a number from 1 to 100000"
        )
        try require((0...100_000).contains(latestCount), "--latest-count: use a number up to 100000")
        try require((0...1).contains(lateShare), "--late-share: use a number from 0 to 1, like 0.001")
        try require(
            (0...0.5).contains(unknownShare),
            "--unknown-kinds: use a number from 0 to 0.5, like 0.01"
        )
        try require(
            (1...86_400).contains(snapshotInterval),
            "--snapshots.interval: use a duration from 1s to 1d, like 60s"
        )
        try require(
            (0...1000).contains(snapshotIncidents),
            "--snapshots.incidents: use a number from 0 to 1000, like 0.5"
        )
    }
}
