// SPDX-License-Identifier: Apache-2.0

/// The accounts and their connectors.
struct Fleet: Sendable {
    /// One account.
    struct Account: Sendable {
        let id: String
        var connectors: [SimulatedConnector]
        /// Where a connector of an identifier stands.
        let indices: [String: Int]
    }

    private(set) var accounts: [Account]
    private let accountIndices: [String: Int]
    /// When the lives were paused, in seconds since the Unix epoch.
    private(set) var pausedSince: Double?

    /// Brings every connector to the end of its history.
    ///
    /// - Parameters:
    ///   - configuration: one that was checked.
    ///   - start: seconds since the Unix epoch.
    init(_ configuration: SimulatorConfiguration, start: Int) {
        accounts = (0..<configuration.accounts).map { account in
            let connectors = (0..<configuration.connectors).map { index in
                Self.connector(configuration, account: account, index: index, start: start)
            }
            var indices: [String: Int] = [:]
            for (index, connector) in connectors.enumerated() { indices[connector.identity.id] = index }
            return Account(
                id: SimulatorConfiguration.accountID(account),
                connectors: connectors,
                indices: indices
            )
        }
        var accountIndices: [String: Int] = [:]
        for (index, account) in accounts.enumerated() { accountIndices[account.id] = index }
        self.accountIndices = accountIndices
        advance(to: Double(start))
    }

    private static func connector(
        _ configuration: SimulatorConfiguration,
        account: Int,
        index: Int,
        start: Int
    ) -> SimulatedConnector {
        let birth = configuration.birth ?? start - Int(configuration.history)
        let historySpeed =
            configuration.historySpeed ?? (configuration.lifeSpeed > 0 ? configuration.lifeSpeed : 1)
        let timeline = Timeline(
            birth: birth,
            // With a birth of its own, a fleet has the same history whenever the simulator starts.
            start: birth + Int(configuration.history),
            historySpeed: historySpeed,
            speed: configuration.lifeSpeed
        )
        // The first two of every five are a pair, if both are there.
        let isPaired = index % 5 == 0 ? index + 1 < configuration.connectors : index % 5 == 1
        let pair = isPaired ? index / 5 : nil
        let identity = ConnectorIdentity(
            seed: configuration.seed,
            account: account,
            index: index,
            pair: pair,
            birth: birth
        )
        // Where the history is stretched over a number of events, its length in life is not known before.
        let trouble = configuration.eventsPerConnector == nil ? Trouble.of(index: index) : nil
        let length = configuration.eventsPerConnector == nil ? timeline.historyLength : 0
        let traits = LifeTraits(
            account: account,
            index: index,
            tunnels: identity.tunnels,
            pair: pair,
            mishaps: Mishap.of(index: index, count: configuration.connectors),
            mishapSpan: length > 0 ? length : 86_400,
            trouble: trouble,
            troubleSpan: trouble.map { $0.moments(on: timeline) },
            unknownShare: configuration.unknownShare,
            lateShare: configuration.lateShare
        )
        return SimulatedConnector(
            identity: identity,
            life: Life(seed: configuration.seed, traits: traits),
            timeline: timeline,
            exactCount: configuration.eventsPerConnector
        )
    }

    /// The number of an account.
    func account(_ id: String) -> Int? { accountIndices[id] }

    /// The number of a connector within its account, removed or not.
    func connector(_ id: String, account: Int) -> Int? { accounts[account].indices[id] }

    /// Lets all connectors live on.
    mutating func advance(to now: Double) {
        for account in accounts.indices { advance(account: account, to: now) }
    }

    /// Lets the connectors of one account live on.
    mutating func advance(account: Int, to now: Double) {
        for index in accounts[account].connectors.indices {
            advance(account: account, connector: index, to: now)
        }
    }

    /// Lets one connector live on.
    mutating func advance(account: Int, connector: Int, to now: Double) {
        guard pausedSince == nil else { return }
        accounts[account].connectors[connector].advance(to: now)
    }

    /// Stops all lives, or lets them go on.
    mutating func setPaused(_ isPaused: Bool, at now: Double) {
        if isPaused, pausedSince == nil {
            advance(to: now)
            forEach { $0.pause(at: Int(now)) }
            pausedSince = now
        } else if !isPaused, let since = pausedSince {
            pausedSince = nil
            forEach { $0.resume(after: max(0, now - since)) }
        }
    }

    /// Takes a connector out of its account, or puts it back.
    mutating func setRemoved(_ isRemoved: Bool, account: Int, connector: Int) {
        accounts[account].connectors[connector].isRemoved = isRemoved
    }

    /// Puts an event there that a test asks for.
    mutating func inject(
        _ event: SimulatedEvent,
        number: Int?,
        account: Int,
        connector: Int
    ) -> SimulatedEvent? {
        accounts[account].connectors[connector].inject(event, number: number)
    }

    private mutating func forEach(_ change: (inout SimulatedConnector) -> Void) {
        for account in accounts.indices {
            for index in accounts[account].connectors.indices { change(&accounts[account].connectors[index]) }
        }
    }
}
