// SPDX-License-Identifier: Apache-2.0

/// The state machine of the IPsec keys of one tunnel.
///
/// Events must be applied in the order of their identities. `RekeyRestart` does not begin the phase `started` again:
/// otherwise a tunnel that restarts every minute and never completes would never be stuck.
package struct RekeyMachine: Sendable, Hashable, Codable {
    package private(set) var phase: RekeyPhase

    /// The time of the event that began the phase.
    package private(set) var phaseStart: Timestamp

    /// The time of the newest event; `nil` in a ledger of an earlier build.
    private var lastEvent: Timestamp?

    /// The start of the open rekey; `nil` if none is open, or its start is unknown.
    private var startedAt: Timestamp?

    /// The number of completed rekeys.
    package private(set) var completed = 0

    /// The number of resets.
    package private(set) var resets = 0

    /// Creates the machine from the first event of a tunnel.
    ///
    /// - Returns: `nil` if the kind is not a rekey.
    package init?(first kind: EventKind, at time: Timestamp) {
        guard let phase = RekeyPhase(enteredBy: kind) else { return nil }
        self.phase = phase
        phaseStart = time
        _ = apply(kind, at: time)
    }

    /// Applies the next event of the tunnel.
    ///
    /// Kinds that are not a rekey have no effect.
    ///
    /// - Returns: the seconds from `RekeyStart` to `RekeyComplete` if the event completes a rekey with a known start;
    ///   otherwise `nil`.
    package mutating func apply(_ kind: EventKind, at time: Timestamp) -> Double? {
        guard let entered = RekeyPhase(enteredBy: kind) else { return nil }
        lastEvent = time
        if kind != .rekeyRestart || phase != .started { phaseStart = time }
        phase = entered
        switch kind {
        case .rekeyStart:
            startedAt = time
        case .rekeyRestart:
            startedAt = startedAt ?? time
        case .rekeyComplete:
            completed += 1
            defer { startedAt = nil }
            return startedAt.map { time - $0 }
        case .rekeyReset:
            resets += 1
            startedAt = nil
        case .rekeyInstallBoth:
            startedAt = nil
        default:
            break
        }
        return nil
    }

    /// The time of the newest event.
    package var newestEvent: Timestamp { lastEvent ?? phaseStart }

    /// Returns the time at which the tunnel is forgotten unless it has another event.
    ///
    /// - Parameter seconds: the time without an event.
    /// - Returns: the time of the newest event, plus that time.
    package func forgottenAt(after seconds: Int) -> Timestamp {
        newestEvent + Double(seconds)
    }

    /// Returns whether the tunnel is forgotten at a time.
    package func isForgotten(after seconds: Int, at now: Timestamp) -> Bool {
        forgottenAt(after: seconds) <= now
    }

    /// Returns the time at which the tunnel becomes stuck.
    ///
    /// - Parameter threshold: in seconds.
    /// - Returns: the time; `nil` if its phase may last.
    package func becomesStuckAt(after threshold: Int) -> Timestamp? {
        phase.isTransitional ? phaseStart + Double(threshold) : nil
    }
}
