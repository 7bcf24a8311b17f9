// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The keys of the tunnels, each on a track of its own.
extension Life {
    /// Installs the first keys of all tunnels, at the same moment: events of one `t` that `n` orders.
    mutating func installKeys(at moment: Double) {
        let soon = moment + random.between(1, 4)
        for tunnel in traits.tunnels.indices {
            agenda.plan(
                .continueRekey(tunnel: tunnel, [.init(kind: .installBoth, wait: 0)]),
                at: soon,
                on: .tunnel(tunnel)
            )
        }
    }

    /// Rekeys a tunnel every few hours.
    mutating func startRekey(tunnel: Int, _ forced: LifeAction.RekeyFate?, at moment: Double) {
        emit(.rekeyStart, at: moment, .tunnel(traits.tunnels[tunnel]))
        let fate = forced ?? rekeyFate()
        planRekey(tunnel: tunnel, steps(of: fate), after: moment)
    }

    private mutating func rekeyFate() -> LifeAction.RekeyFate {
        switch random.unit() {
        case ..<0.90: .complete
        case ..<0.95: .restarted
        case ..<0.97: .stuckStarted
        case ..<0.99: .stuckAdvanced
        default: .reset
        }
    }

    private mutating func steps(of fate: LifeAction.RekeyFate) -> [LifeAction.RekeyStep] {
        let seen = random.between(1, 10)
        let settled = random.between(5, 60)
        let anHour = random.between(3300, 4500)
        return switch fate {
        case .complete: [.init(kind: .advance, wait: seen), .init(kind: .complete, wait: settled)]
        case .restarted:
            [
                .init(kind: .restart, wait: settled), .init(kind: .advance, wait: seen),
                .init(kind: .complete, wait: settled),
            ]
        case .stuckStarted: [.init(kind: .advance, wait: anHour), .init(kind: .complete, wait: settled)]
        case .stuckAdvanced: [.init(kind: .advance, wait: seen), .init(kind: .complete, wait: anHour)]
        case .reset: [.init(kind: .reset, wait: seen), .init(kind: .installBoth, wait: settled)]
        }
    }

    /// Does the first step and plans the others; after the last, the next rekey.
    mutating func continueRekey(tunnel: Int, _ steps: [LifeAction.RekeyStep], at moment: Double) {
        let kind: EventKind? =
            switch steps.first?.kind {
            case .restart: .rekeyRestart
            case .advance: .rekeyAdvance
            case .complete: .rekeyComplete
            case .reset: .rekeyReset
            case .installBoth: .rekeyInstallBoth
            case nil: nil
            }
        if let kind { emit(kind, at: moment, .tunnel(traits.tunnels[tunnel])) }
        planRekey(tunnel: tunnel, Array(steps.dropFirst()), after: moment)
    }

    private mutating func planRekey(tunnel: Int, _ steps: [LifeAction.RekeyStep], after moment: Double) {
        if let first = steps.first {
            agenda.plan(.continueRekey(tunnel: tunnel, steps), at: moment + first.wait, on: .tunnel(tunnel))
        } else {
            let pause = random.between(7200, 14_400)
            agenda.plan(.startRekey(tunnel: tunnel, nil), at: moment + pause, on: .tunnel(tunnel))
        }
    }
}
