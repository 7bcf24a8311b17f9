// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The history and future of one connector: a lazy sequence of events that depends on the seed alone.
///
/// A script consists of tracks (attestations, rotations, the rekeys of each tunnel, …) in one queue. Each action emits
/// events and plans the next action. The result does not depend on how often, or in which steps, the script advances.
struct ConnectorScript: Sendable {
    let traits: ScriptTraits
    var queue = ScriptQueue()
    var random: SeededGenerator
    /// A stream that both connectors of a pair share, so that they fail over together.
    var pairRandom: SeededGenerator?
    /// Separate from `random`, so that late delivery and unknown kinds change no other event.
    private var deliveryRandom: SeededGenerator
    private var unknownKindRandom: SeededGenerator

    /// The emitted events that `removeEvents()` has not returned yet, in order.
    private(set) var events: [ScriptedEvent] = []
    /// The number of upgrades, from which `version` is computed.
    var release: Int
    /// When the agent stopped, or `nil` if it runs.
    var stopped: Double?

    init(seed: UInt64, traits: ScriptTraits) {
        self.traits = traits
        let path = UInt64(traits.account) << 32 | UInt64(traits.index)
        random = SeededGenerator(seed: seed, path, 1)
        deliveryRandom = SeededGenerator(seed: seed, path, 2)
        unknownKindRandom = SeededGenerator(seed: seed, path, 3)
        pairRandom = traits.pair.map { SeededGenerator(seed: seed, UInt64(traits.account), 4, UInt64($0)) }
        release = random.whole(0, 3)
        queue.plan(.start(.firstBoot), at: 0, on: .agent)
        for incident in traits.incidents {
            let moment = random.between(0.15, 0.75) * traits.incidentSpan
            queue.plan(.incident(incident), at: moment, on: .incident(incident))
        }
        if let incident = traits.demoIncident, let span = traits.demoIncidentSpan {
            queue.plan(.demoIncident(incident), at: span.lowerBound, on: .demoIncident)
        }
    }

    /// The current version of the connector's software.
    var version: String { Self.version(release) }

    /// Formats a version like Cloudflare's releases: `2026.2.0`.
    static func version(_ release: Int) -> String { "2026.\(2 + release / 2).\(release % 2)" }

    /// Performs all actions up to and including a moment.
    mutating func advance(to moment: Double) {
        while queue.nextMoment <= moment { performNext() }
    }

    mutating func performNext() {
        guard let (moment, action, track) = queue.removeFirst() else { return }
        if stopped != nil, track != .agent {
            queue.plan(action, at: moment + random.between(5, 30), on: track)
        } else {
            perform(action, at: moment)
        }
    }

    /// Removes and returns the events since the last call.
    mutating func removeEvents() -> [ScriptedEvent] {
        defer { events = [] }
        return events
    }

    /// Emits an event, and sometimes one of an undocumented kind after it.
    mutating func emit(
        _ kind: EventKind,
        at moment: Double,
        _ payload: EventPayload = .none,
        effect: ScriptedEvent.Effect = .none
    ) {
        append(kind, at: moment, payload, effect)
        // A share of all events, not of the documented ones; it is below 0.5.
        while traits.unknownShare > 0, unknownKindRandom.chance(traits.unknownShare) {
            append(Self.unknownKinds[unknownKindRandom.whole(0, 2)], at: moment, .none, .none)
        }
    }

    private mutating func append(
        _ kind: EventKind,
        at moment: Double,
        _ payload: EventPayload,
        _ effect: ScriptedEvent.Effect
    ) {
        let delay =
            if deliveryRandom.chance(traits.lateShare) {
                deliveryRandom.whole(3601, 6 * 3600)
            } else if deliveryRandom.chance(0.03) {
                deliveryRandom.whole(60, 900)
            } else {
                deliveryRandom.whole(1, 20)
            }
        events.append(
            ScriptedEvent(
                moment: moment,
                kind: kind,
                payload: payload,
                version: version,
                delay: delay,
                effect: effect
            )
        )
    }

    private static let unknownKinds = ["MeshJoin", "MeshLeave", "ProbeEgress"].map(EventKind.init(rawValue:))

    private mutating func perform(_ action: ScriptAction, at moment: Double) {
        switch action {
        case .start(let reason): start(reason, at: moment)
        case .restart(let clean): restart(clean: clean, at: moment)
        case .reconcile: reconcile(at: moment)
        case .configureTunnel: configureTunnel(at: moment)
        case .startAttestation(let outcome): startAttestation(outcome, at: moment)
        case .finishAttestation(let success): finishAttestation(success: success, at: moment)
        case .startRotation(let rotation, let outcome): start(rotation, outcome, at: moment)
        case .finishRotation(let rotation, let success): finish(rotation, success: success, at: moment)
        case .startUpgrade(let outcome): startUpgrade(outcome, at: moment)
        case .leaveForUpgrade(let outcome): leaveForUpgrade(outcome, at: moment)
        case .finishUpgrade(let outcome): finishUpgrade(outcome, at: moment)
        case .bless(let success): bless(success: success, at: moment)
        case .startRekey(let tunnel, let outcome): startRekey(tunnel: tunnel, outcome, at: moment)
        case .continueRekey(let tunnel, let steps): continueRekey(tunnel: tunnel, steps, at: moment)
        case .haTransition: emit(.haTransition, at: moment)
        case .haFailover(let due): failOver(due: due, at: moment)
        case .haError: emitHAError(at: moment)
        case .incident(let incident): start(incident, at: moment)
        case .demoIncident(let incident): start(incident, at: moment)
        }
    }
}
