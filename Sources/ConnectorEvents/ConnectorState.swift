// SPDX-License-Identifier: Apache-2.0

/// Everything about a connector that follows from the order of its events.
///
/// A fold: the same events in the order of their identities give the same state, however they arrived.
package struct ConnectorState: Sendable, Hashable, Codable {
    /// The last event that was applied.
    package private(set) var newest: EventID?

    package private(set) var agent = AgentState()

    private var attestation = OperationMachine()
    private var cryptKeyRotation = OperationMachine()
    private var pkiRotation = OperationMachine()
    private var upgrade = OperationMachine()

    /// By tunnel.
    package private(set) var rekeys: [String: RekeyMachine] = [:]

    package init() {}

    /// One operation's machine.
    package private(set) subscript(operation: Operation) -> OperationMachine {
        get {
            switch operation {
            case .attestation: attestation
            case .cryptKeyRotation: cryptKeyRotation
            case .pkiRotation: pkiRotation
            case .upgrade: upgrade
            }
        }
        set {
            switch operation {
            case .attestation: attestation = newValue
            case .cryptKeyRotation: cryptKeyRotation = newValue
            case .pkiRotation: pkiRotation = newValue
            case .upgrade: upgrade = newValue
            }
        }
    }

    /// Whether an event can be applied now: it comes after all that were.
    package func follows(_ id: EventID) -> Bool {
        newest.map { $0 < id } ?? true
    }

    /// Applies the next event.
    ///
    /// - Parameter event: one that `follows`; a rekey whose tunnel is not known yet changes nothing.
    /// - Returns: what it means, if that is worth counting.
    package mutating func apply(_ event: Event) -> Observation? {
        newest = event.id
        if let (operation, step) = Operation.step(of: event.kind) {
            guard let seconds = self[operation].apply(step, at: event.id.t),
                case .finish(let outcome) = step
            else { return nil }
            return .operationFinished(operation, outcome, seconds: seconds)
        }
        if event.kind.isRekey {
            return event.tunnelID.flatMap { apply(event, toTunnel: $0) }
        }
        return agent.apply(event.kind) ? .uncleanRestart : nil
    }

    private mutating func apply(_ event: Event, toTunnel tunnel: String) -> Observation? {
        guard let seconds = rekeys[tunnel]?.apply(event.kind, at: event.id.t) else {
            if rekeys[tunnel] == nil { rekeys[tunnel] = RekeyMachine(first: event.kind, at: event.id.t) }
            return nil
        }
        return .rekeyCompleted(seconds: seconds)
    }

    /// Forgets what no failure ratio can ask for any more.
    package mutating func forgetFinishes(before t: Int) {
        for operation in Operation.allCases { self[operation].forgetFinishes(before: t) }
    }
}
