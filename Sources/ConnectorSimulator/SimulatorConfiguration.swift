// SPDX-License-Identifier: Apache-2.0

/// What a simulator is to be.
package struct SimulatorConfiguration: Sendable {
    /// The order of a list of events, which Cloudflare documents nowhere.
    package enum Order: String, Sendable, CaseIterable {
        case oldestFirst = "oldest-first"
        case newestFirst = "newest-first"
    }

    /// Where it listens: a loopback address, since it takes no real secret and gives none.
    package var listenAddress = "127.0.0.1:0"
    /// What everything random is made of.
    package var seed: UInt64 = 1
    /// Connectors of each account.
    package var connectors = 25
    package var accounts = 1

    /// How many seconds of history each connector has, from its birth on.
    package var history = 86_400.0
    /// How much denser than real the history is; `nil` is `lifeSpeed`, or 1 where that is 0.
    package var historySpeed: Double?
    /// How much denser than real life is from the start on; 0 where nothing happens any more.
    package var lifeSpeed = 1.0
    /// When the lives began, in seconds since the Unix epoch; `nil` is `history` before the start.
    ///
    /// Simulators of the same birth, history and seed live the same lives, whenever they start: one that is restarted
    /// goes on where it would have been.
    package var birth: Int?
    /// The exact number of events in each connector's history, in place of a speed.
    package var eventsPerConnector: Int?

    /// Who may ask.
    package var tokens = [AccessToken("simulator-token")]
    /// Requests of one token in a window; 0 is no limit.
    package var rateLimit = 1200
    /// In seconds.
    package var rateLimitWindow = 300.0
    /// For how many seconds a token is blocked that exceeded its limit.
    package var rateLimitBlock = 300.0

    package var order = Order.oldestFirst
    /// The most events on a page; a larger `limit` means this.
    package var pageLimit = 1000
    /// The events on a page where the client does not say.
    package var defaultPageLimit = 100
    /// The events that `latest` shows.
    package var latestCount = 100

    /// The share of events that are collected more than an hour late.
    package var lateShare = 0.001
    /// The share of events of kinds that nobody has documented, below a half.
    package var unknownShare = 0.0
    /// What goes wrong from the start.
    package var faults: [Fault] = []

    package init() {}

    /// The identifier of the account of a number.
    package static func accountID(_ index: Int) -> String {
        let digits = String(index + 1)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    /// Checks what the types cannot.
    ///
    /// - Throws: a sentence that names the flag and says what to write.
    func check() throws(SimulatorError) {
        func require(_ holds: Bool, _ message: String) throws(SimulatorError) {
            if !holds { throw SimulatorError(message) }
        }
        try require((1...10_000).contains(connectors), "--connectors: write a number from 1 to 10000.")
        try require((1...100).contains(accounts), "--accounts: write a number from 1 to 100.")
        try require(
            history >= 0 && history <= 3650 * 86_400,
            "--history: write a duration of up to ten years, like 1d or 12h30m."
        )
        try require(
            lifeSpeed == 0 || (0.001...10_000).contains(lifeSpeed),
            "--life.speed: write 0, or a number from 0.001 to 10000."
        )
        try require(
            (0.001...10_000).contains(historySpeed ?? 1),
            "--history.speed: write a number from 0.001 to 10000."
        )
        try require(
            birth.map { (0...4_000_000_000).contains($0) } ?? true,
            "--birth: write seconds since the Unix epoch, like 1790000000."
        )
        try require(
            (1...10_000_000).contains(eventsPerConnector ?? 1),
            "--events-per-connector: write a number from 1 to 10000000."
        )
        try require(
            eventsPerConnector == nil || history >= 1,
            "--history: events need time to have happened in; write a duration like 1d."
        )
        try require(rateLimit >= 0, "--rate-limit: write a number of requests, or 0 for no limit.")
        try require(rateLimitWindow > 0, "--rate-limit.window: write a duration like 5m.")
        try require(rateLimitBlock >= 0, "--rate-limit.block: write a duration like 5m.")
        try require((1...100_000).contains(pageLimit), "--page-limit: write a number from 1 to 100000.")
        try require(
            (1...100_000).contains(defaultPageLimit),
            "--page-limit.default: write a number from 1 to 100000."
        )
        try require((0...100_000).contains(latestCount), "--latest-count: write a number up to 100000.")
        try require((0...1).contains(lateShare), "--late-share: write a number from 0 to 1, like 0.001.")
        try require(
            unknownShare >= 0 && unknownShare <= 0.5,
            "--unknown-kinds: write a number from 0 to 0.5, like 0.01."
        )
    }
}
