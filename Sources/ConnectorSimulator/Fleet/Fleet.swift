// SPDX-License-Identifier: Apache-2.0

/// The accounts and their connectors.
struct Fleet: Sendable {
    struct Account: Sendable {
        let id: String
        var connectors: [SimulatedConnector]
        /// The index of each connector by its identifier.
        let indices: [String: Int]
    }

    private(set) var accounts: [Account]
    private let accountIndices: [String: Int]
    /// When the scripts were paused, in seconds since the Unix epoch.
    private(set) var pausedSince: Double?

    /// Generates the connectors and their histories.
    ///
    /// - Parameters:
    ///   - configuration: valid parameters.
    ///   - start: seconds since the Unix epoch.
    init(_ configuration: FleetConfiguration, start: Int) {
        accounts = (0..<configuration.accounts).map { account in
            let connectors = (0..<configuration.connectors).map { index in
                Self.connector(configuration, account: account, index: index, start: start)
            }
            var indices: [String: Int] = [:]
            for (index, connector) in connectors.enumerated() { indices[connector.identity.id] = index }
            return Account(
                id: Self.accountID(account),
                connectors: connectors,
                indices: indices
            )
        }
        var accountIndices: [String: Int] = [:]
        for (index, account) in accounts.enumerated() { accountIndices[account.id] = index }
        self.accountIndices = accountIndices
        advance(to: Double(start))
    }

    /// Returns the identifier of an account: 32 digits, from 1.
    private static func accountID(_ index: Int) -> String {
        let digits = String(index + 1)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    private static func connector(
        _ configuration: FleetConfiguration,
        account: Int,
        index: Int,
        start: Int
    ) -> SimulatedConnector {
        let birth = configuration.birth ?? start - Int(configuration.history)
        let timeline = Timeline(
            birth: birth,
            // With a configured birth, the fleet has the same history whenever the simulator starts.
            start: birth + Int(configuration.history),
            historySpeed: configuration.historySpeed,
            speed: configuration.speed
        )
        // The first two of every five connectors are a pair, if both exist.
        let isPaired = index % 5 == 0 ? index + 1 < configuration.connectors : index % 5 == 1
        let pair = isPaired ? index / 5 : nil
        let identity = ConnectorIdentity(
            seed: configuration.seed,
            account: account,
            index: index,
            pair: pair,
            birth: birth
        )
        // With an exact number of events, the script seconds of the history are not known yet.
        let hasExactCount = configuration.eventsPerConnector != nil
        let demoIncident = hasExactCount ? nil : DemoIncident.of(index: index)
        let length = hasExactCount ? 0 : timeline.historyLength
        let traits = ScriptTraits(
            account: account,
            index: index,
            tunnels: identity.tunnels,
            pair: pair,
            incidents: ScriptedIncident.of(index: index, count: configuration.connectors),
            incidentSpan: length > 0 ? length : 86_400,
            demoIncident: demoIncident,
            demoIncidentSpan: demoIncident.map { $0.moments(on: timeline) },
            unknownShare: configuration.unknownShare,
            lateShare: configuration.lateShare
        )
        let script = ConnectorScript(seed: configuration.seed, traits: traits)
        return SimulatedConnector(
            identity: identity,
            script: script,
            timeline: timeline,
            exactCount: configuration.eventsPerConnector,
            snapshots: SnapshotHistory(
                configuration,
                identity,
                account: account,
                birth: birth,
                version: script.version
            )
        )
    }

    func account(_ id: String) -> Int? { accountIndices[id] }

    /// Returns the index of a connector within its account, even if the connector is removed.
    func connector(_ id: String, account: Int) -> Int? { accounts[account].indices[id] }

    /// Generates the events of all connectors up to a time.
    mutating func advance(to now: Double) {
        for account in accounts.indices { advance(account: account, to: now) }
    }

    /// Generates the events of one account up to a time.
    mutating func advance(account: Int, to now: Double) {
        for index in accounts[account].connectors.indices {
            advance(account: account, connector: index, to: now)
        }
    }

    /// Generates the events of one connector up to a time.
    mutating func advance(account: Int, connector: Int, to now: Double) {
        guard pausedSince == nil else { return }
        accounts[account].connectors[connector].advance(to: now)
        if let peer = peer(of: connector, account: account) {
            accounts[account].connectors[peer].advance(to: now)
            applyFailovers(account: account, connector, peer)
        }
    }

    /// Pauses or resumes all scripts.
    mutating func setPaused(_ isPaused: Bool, at now: Double) {
        if isPaused, pausedSince == nil {
            advance(to: now)
            forEach { $0.pause(at: Int(now)) }
            pausedSince = now
        } else if !isPaused, let since = pausedSince {
            pausedSince = nil
            forEach { $0.resume(after: max(0, now - since), at: now) }
        }
    }

    mutating func setRemoved(_ isRemoved: Bool, account: Int, connector: Int) {
        accounts[account].connectors[connector].isRemoved = isRemoved
    }

    mutating func setActivated(_ isActivated: Bool, account: Int, connector: Int) {
        accounts[account].connectors[connector].isActivated = isActivated
    }

    /// Switches a connector off or on.
    ///
    /// A connector that is switched off sent its last heartbeat at `since`, in seconds since the Unix epoch.
    mutating func setPower(_ isOn: Bool, account: Int, connector: Int, at now: Double, since: Double) {
        advance(account: account, connector: connector, to: now)
        if isOn {
            powerOn(account: account, connector: connector, at: now)
        } else {
            accounts[account].connectors[connector].powerOff(at: now, since: since)
            leavePair(account: account, connector: connector, at: Int(now))
        }
    }

    /// Changes one connector.
    mutating func change(account: Int, connector: Int, _ change: (inout SimulatedConnector) -> Void) {
        change(&accounts[account].connectors[connector])
    }

    /// Adds an event for a test; returns `nil` if its identity exists already.
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
