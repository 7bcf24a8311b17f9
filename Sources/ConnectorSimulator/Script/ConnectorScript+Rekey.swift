// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The keys of the tunnels; each tunnel has its own track.
extension ConnectorScript {
    /// Installs the first keys of all tunnels at the same moment, which gives events of equal `t` that differ in `n`.
    mutating func installKeys(at moment: Double) {
        let soon = moment + random.between(1, 4)
        for tunnel in traits.tunnels.indices {
            queue.plan(
                .continueRekey(tunnel: tunnel, [.init(kind: .installBoth, wait: 0)]),
                at: soon,
                on: .tunnel(tunnel)
            )
        }
    }

    /// Starts the rekey of a tunnel, every few hours.
    mutating func startRekey(tunnel: Int, _ forced: ScriptAction.RekeyOutcome?, at moment: Double) {
        emit(.rekeyStart, at: moment, .tunnel(traits.tunnels[tunnel]))
        let outcome = forced ?? rekeyOutcome()
        planRekey(tunnel: tunnel, steps(of: outcome), after: moment)
    }

    private mutating func rekeyOutcome() -> ScriptAction.RekeyOutcome {
        switch random.unit() {
        case ..<0.90: .complete
        case ..<0.95: .restarted
        case ..<0.97: .stuckStarted
        case ..<0.99: .stuckAdvanced
        default: .reset
        }
    }

    private mutating func steps(of outcome: ScriptAction.RekeyOutcome) -> [ScriptAction.RekeyStep] {
        let used = random.between(1, 10)
        let settled = random.between(5, 60)
        let anHour = random.between(3300, 4500)
        return switch outcome {
        case .complete: [.init(kind: .advance, wait: used), .init(kind: .complete, wait: settled)]
        case .restarted:
            [
                .init(kind: .restart, wait: settled), .init(kind: .advance, wait: used),
                .init(kind: .complete, wait: settled),
            ]
        case .stuckStarted: [.init(kind: .advance, wait: anHour), .init(kind: .complete, wait: settled)]
        case .stuckAdvanced: [.init(kind: .advance, wait: used), .init(kind: .complete, wait: anHour)]
        case .reset: [.init(kind: .reset, wait: used), .init(kind: .installBoth, wait: settled)]
        }
    }

    /// Emits the first step and plans the others, or plans the next rekey after the last step.
    mutating func continueRekey(tunnel: Int, _ steps: [ScriptAction.RekeyStep], at moment: Double) {
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

    private mutating func planRekey(tunnel: Int, _ steps: [ScriptAction.RekeyStep], after moment: Double) {
        if let first = steps.first {
            queue.plan(.continueRekey(tunnel: tunnel, steps), at: moment + first.wait, on: .tunnel(tunnel))
        } else {
            let pause = random.between(7200, 14_400)
            queue.plan(.startRekey(tunnel: tunnel, nil), at: moment + pause, on: .tunnel(tunnel))
        }
    }
}
