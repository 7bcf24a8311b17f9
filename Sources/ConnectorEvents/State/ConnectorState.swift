// SPDX-License-Identifier: Apache-2.0

/// The state of a connector, computed from its events in the order of their identities.
///
/// The same events give the same state, in whatever order they arrived.
package struct ConnectorState: Sendable, Hashable, Codable {
    /// The last applied event.
    package private(set) var newest: EventID?

    /// Seconds from recording to collection of the newest event whose collection time is known.
    package private(set) var deliveryDelay: Double?

    package private(set) var agent = AgentState()

    private var attestation = OperationMachine()
    private var cryptKeyRotation = OperationMachine()
    private var pkiRotation = OperationMachine()
    private var upgrade = OperationMachine()

    /// The rekey machines by tunnel, forgotten ones included.
    package private(set) var rekeys: [String: RekeyMachine] = [:]

    /// When an operator forgot tunnels; `nil` if no tunnel was forgotten this way.
    private var forgotten: [String: Timestamp]?

    package init() {}

    /// The machine of an operation.
    package subscript(operation: Operation) -> OperationMachine {
        switch operation {
        case .attestation: attestation
        case .cryptKeyRotation: cryptKeyRotation
        case .pkiRotation: pkiRotation
        case .upgrade: upgrade
        }
    }

    /// Changes a machine in place, because a copy would also copy its finishes.
    private mutating func withMachine<Result>(
        of operation: Operation,
        _ body: (inout OperationMachine) -> Result
    ) -> Result {
        switch operation {
        case .attestation: body(&attestation)
        case .cryptKeyRotation: body(&cryptKeyRotation)
        case .pkiRotation: body(&pkiRotation)
        case .upgrade: body(&upgrade)
        }
    }

    /// Returns whether an event comes after all applied events, so that it can be applied.
    package func follows(_ id: EventID) -> Bool {
        newest.map { $0 < id } ?? true
    }

    /// Applies the next event.
    ///
    /// - Parameters:
    ///   - event: an event that follows the applied ones. A rekey with an unknown tunnel changes no tunnel.
    ///   - forgetAfter: the seconds without a rekey event after which a tunnel is forgotten. A later event begins it again.
    /// - Returns: the observation that completes with the event; otherwise `nil`.
    package mutating func apply(_ event: Event, forgettingTunnelsAfter forgetAfter: Int) -> Observation? {
        newest = event.id
        deliveryDelay = event.deliveryDelaySeconds ?? deliveryDelay
        if event.kind == .initialize {
            for operation in Operation.allCases where operation.isInterruptedByAgentStart {
                withMachine(of: operation) { $0.interrupt() }
            }
        }
        if let (operation, step) = Operation.step(of: event.kind) {
            let seconds = withMachine(of: operation) { $0.apply(step, at: event.id.time) }
            guard let seconds, case .finish(let outcome) = step else { return nil }
            return .operationFinished(operation, outcome, seconds: seconds)
        }
        if event.kind.isRekey {
            guard let tunnel = event.tunnelID else { return nil }
            if let machine = rekeys[tunnel],
                isForgotten(tunnel, machine, after: forgetAfter, at: event.id.time)
            {
                rekeys[tunnel] = nil
            }
            return apply(event, toTunnel: tunnel)
        }
        return agent.apply(event.kind) ? .uncleanRestart : nil
    }

    private mutating func apply(_ event: Event, toTunnel tunnel: String) -> Observation? {
        guard let seconds = rekeys[tunnel]?.apply(event.kind, at: event.id.time) else {
            if rekeys[tunnel] == nil { rekeys[tunnel] = RekeyMachine(first: event.kind, at: event.id.time) }
            return nil
        }
        return .rekeyCompleted(seconds: seconds)
    }

    /// Returns the tunnels that are not forgotten at a time.
    package func tunnels(forgettingAfter forgetAfter: Int, at now: Timestamp) -> [String: RekeyMachine] {
        rekeys.filter { !isForgotten($0.key, $0.value, after: forgetAfter, at: now) }
    }

    private func isForgotten(
        _ tunnel: String,
        _ machine: RekeyMachine,
        after forgetAfter: Int,
        at now: Timestamp
    ) -> Bool {
        if let time = forgotten?[tunnel], machine.newestEvent <= time, time <= now { return true }
        return machine.isForgotten(after: forgetAfter, at: now)
    }

    /// Forgets a tunnel until its next event.
    ///
    /// - Parameters:
    ///   - tunnel: the tunnel's id.
    ///   - time: the time from which its earlier events have no effect.
    package mutating func forget(tunnel: String, at time: Timestamp) {
        forgotten = (forgotten ?? [:]).merging([tunnel: time]) { max($0, $1) }
    }

    /// Removes the tunnels that are forgotten at a time, which cannot change any result after it.
    package mutating func removeTunnels(forgottenAfter forgetAfter: Int, at now: Timestamp) {
        rekeys = tunnels(forgettingAfter: forgetAfter, at: now)
        let remaining = forgotten?.filter { $0.value > now }
        forgotten = remaining?.isEmpty == true ? nil : remaining
    }

    /// Removes finishes before a time, which no failure ratio needs.
    package mutating func removeFinishes(before time: Timestamp) {
        for operation in Operation.allCases {
            withMachine(of: operation) { $0.removeFinishes(before: time) }
        }
    }
}
