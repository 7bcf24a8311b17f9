// SPDX-License-Identifier: Apache-2.0

/// What is still to happen, earliest first; of the same moment, in the order in which it was planned.
///
/// Each track holds one plan at most: planning on a track replaces what was planned there. That is how a reboot ends
/// an attestation that was under way, and how a mishap takes the place of what would have come.
struct Agenda: Sendable {
    /// A line of life in which one thing follows the other.
    enum Track: Sendable, Hashable {
        case agent
        case reconcile
        case cloudflaredTunnel
        case attestation
        case rotation(LifeAction.Rotation)
        case upgrade
        case blessing
        case cleanRestart
        case uncleanRestart
        case tunnel(Int)
        case haTransition
        case haFailover
        case haError
        case mishap(Mishap)
        case trouble
    }

    private struct Plan {
        let track: Track
        let moment: Double
        let action: LifeAction
    }

    /// Two dozen at most, so that a search through all of them beats any heap.
    private var plans: [Plan] = []

    /// When the next action is due.
    var nextMoment: Double {
        var earliest = Double.infinity
        for plan in plans where plan.moment < earliest { earliest = plan.moment }
        return earliest
    }

    /// Plans an action in place of what was planned on its track.
    mutating func plan(_ action: LifeAction, at moment: Double, on track: Track) {
        plans.removeAll { $0.track == track }
        plans.append(Plan(track: track, moment: moment, action: action))
    }

    /// Takes out the next action, where there is one.
    mutating func next() -> (moment: Double, action: LifeAction, track: Track)? {
        guard var earliest = plans.indices.first else { return nil }
        for index in plans.indices where plans[index].moment < plans[earliest].moment { earliest = index }
        let plan = plans.remove(at: earliest)
        return (plan.moment, plan.action, plan.track)
    }
}
