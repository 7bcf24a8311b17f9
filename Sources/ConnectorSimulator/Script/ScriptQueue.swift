// SPDX-License-Identifier: Apache-2.0

/// The planned actions of a script, earliest first; actions of the same moment keep the order of planning.
///
/// Each track holds at most one action, because planning on a track replaces its action. That is how a reboot ends a
/// running attestation, and how a scripted incident replaces the ordinary next action.
struct ScriptQueue: Sendable {
    /// A series of actions in which each one plans the next.
    enum Track: Sendable, Hashable {
        case agent
        case reconcile
        case cloudflaredTunnel
        case attestation
        case rotation(ScriptAction.Rotation)
        case upgrade
        case blessing
        case cleanRestart
        case uncleanRestart
        case tunnel(Int)
        case haTransition
        case haFailover
        case haError
        case incident(ScriptedIncident)
        case demoIncident
    }

    private struct Entry {
        let track: Track
        let moment: Double
        let action: ScriptAction
    }

    /// At most two dozen entries, so a linear search is faster than a heap.
    private var entries: [Entry] = []

    var nextMoment: Double {
        var earliest = Double.infinity
        for entry in entries where entry.moment < earliest { earliest = entry.moment }
        return earliest
    }

    /// Plans an action, and removes the planned action of the same track.
    mutating func plan(_ action: ScriptAction, at moment: Double, on track: Track) {
        entries.removeAll { $0.track == track }
        entries.append(Entry(track: track, moment: moment, action: action))
    }

    /// The planned action of a track.
    func action(on track: Track) -> ScriptAction? { entries.first { $0.track == track }?.action }

    mutating func removeFirst() -> (moment: Double, action: ScriptAction, track: Track)? {
        guard var earliest = entries.indices.first else { return nil }
        for index in entries.indices where entries[index].moment < entries[earliest].moment {
            earliest = index
        }
        let entry = entries.remove(at: earliest)
        return (entry.moment, entry.action, entry.track)
    }
}
