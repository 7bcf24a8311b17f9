// SPDX-License-Identifier: Apache-2.0

/// Where the keys of one tunnel stand.
///
/// Events come in the order of their identities. A phase begins with the event that enters it. `RekeyRestart`
/// renews the key material of a rekey that is under way and does not make it younger: a tunnel that restarts
/// every minute and never completes is stuck all the same.
package struct RekeyMachine: Sendable, Hashable, Codable {
    package private(set) var phase: RekeyPhase

    /// When the phase began, in seconds since the Unix epoch.
    package private(set) var phaseStart: Int

    /// When the rekey under way began; `nil` while none is, or where its start was never seen.
    private var startedAt: Int?

    package private(set) var completed = 0
    package private(set) var resets = 0

    /// Begins with the first event of a tunnel.
    ///
    /// - Returns: `nil` for a kind that is no rekey.
    package init?(first kind: EventKind, at t: Int) {
        guard let phase = RekeyPhase(enteredBy: kind) else { return nil }
        self.phase = phase
        phaseStart = t
        _ = apply(kind, at: t)
    }

    /// Takes the next event of this tunnel; a kind that is no rekey changes nothing.
    ///
    /// - Returns: seconds from `RekeyStart` to `RekeyComplete`, where this event completes a rekey whose
    ///   start is known.
    package mutating func apply(_ kind: EventKind, at t: Int) -> Int? {
        guard let entered = RekeyPhase(enteredBy: kind) else { return nil }
        if kind != .rekeyRestart || phase != .started { phaseStart = t }
        phase = entered
        switch kind {
        case .rekeyStart:
            startedAt = t
        case .rekeyRestart:
            startedAt = startedAt ?? t
        case .rekeyComplete:
            completed += 1
            defer { startedAt = nil }
            return startedAt.map { t - $0 }
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

    /// The moment at which the tunnel becomes stuck, in seconds since the Unix epoch; `nil` in a phase that
    /// may last.
    package func becomesStuckAt(after threshold: Int) -> Int? {
        phase.isTransitional ? phaseStart + threshold : nil
    }
}
