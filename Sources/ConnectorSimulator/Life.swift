// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// What one connector goes through: a lazy sequence of happenings that its seed decides.
///
/// A life is a set of tracks (attestations, rotations, the rekeys of each tunnel, …) on one agenda. Each action adds
/// its happenings and plans what follows. How far and in what steps it is advanced changes nothing in it.
struct Life: Sendable {
    /// One event, before it has a place in real time.
    struct Happening: Sendable {
        /// In seconds of life.
        var moment: Double
        let kind: EventKind
        let payload: SimulatedEvent.Payload
        let version: String
        /// From recorded to collected, in real seconds.
        let delay: Int
    }

    let traits: LifeTraits
    var agenda = Agenda()
    var random: SeededGenerator
    /// A stream that both connectors of a pair have, so that they fail over together.
    var pair: SeededGenerator?
    /// Apart from `random`, so that late delivery and unknown kinds change nothing else.
    private var delivery: SeededGenerator
    private var strangers: SeededGenerator

    /// What has happened and was not taken yet, in order.
    private(set) var happened: [Happening] = []
    /// Counts the upgrades; `version` is made of it.
    var release: Int
    /// When the agent stopped, where it does not run.
    var stopped: Double?

    init(seed: UInt64, traits: LifeTraits) {
        self.traits = traits
        let path = UInt64(traits.account) << 32 | UInt64(traits.index)
        random = SeededGenerator(seed: seed, path, 1)
        delivery = SeededGenerator(seed: seed, path, 2)
        strangers = SeededGenerator(seed: seed, path, 3)
        pair = traits.pair.map { SeededGenerator(seed: seed, UInt64(traits.account), 4, UInt64($0)) }
        release = random.whole(0, 3)
        agenda.plan(.boot(.birth), at: 0, on: .agent)
        for mishap in traits.mishaps {
            agenda.plan(
                .mishap(mishap),
                at: random.between(0.15, 0.75) * traits.mishapSpan,
                on: .mishap(mishap)
            )
        }
        if let trouble = traits.trouble, let span = traits.troubleSpan {
            agenda.plan(.trouble(trouble), at: span.lowerBound, on: .trouble)
        }
    }

    /// The version of the connector's software at this moment.
    var version: String { Self.version(release) }

    /// As Cloudflare names its releases: `2026.2.0`.
    static func version(_ release: Int) -> String { "2026.\(2 + release / 2).\(release % 2)" }

    /// Lives on, up to and including a moment.
    mutating func advance(to moment: Double) {
        while agenda.nextMoment <= moment { step() }
    }

    /// Does what is next.
    mutating func step() {
        guard let (moment, action, track) = agenda.next() else { return }
        if stopped != nil, track != .agent {
            agenda.plan(action, at: moment + random.between(5, 30), on: track)
        } else {
            perform(action, at: moment)
        }
    }

    /// Hands over what has happened since the last time.
    mutating func takeHappenings() -> [Happening] {
        defer { happened = [] }
        return happened
    }

    /// Records a happening, and now and then one of a kind that nobody has documented.
    mutating func emit(_ kind: EventKind, at moment: Double, _ payload: SimulatedEvent.Payload = .none) {
        record(kind, at: moment, payload)
        // Of all events, not per documented one; the share is below a half.
        while traits.unknownShare > 0, strangers.chance(traits.unknownShare) {
            record(Self.strangeKinds[strangers.whole(0, 2)], at: moment, .none)
        }
    }

    private mutating func record(_ kind: EventKind, at moment: Double, _ payload: SimulatedEvent.Payload) {
        let delay =
            if delivery.chance(traits.lateShare) {
                delivery.whole(3601, 6 * 3600)
            } else if delivery.chance(0.03) {
                delivery.whole(60, 900)
            } else {
                delivery.whole(1, 20)
            }
        happened.append(
            Happening(moment: moment, kind: kind, payload: payload, version: version, delay: delay)
        )
    }

    private static let strangeKinds = ["MeshJoin", "MeshLeave", "ProbeEgress"].map(EventKind.init(rawValue:))

    private mutating func perform(_ action: LifeAction, at moment: Double) {
        switch action {
        case .boot(let boot): start(boot, at: moment)
        case .restart(let clean): restart(clean: clean, at: moment)
        case .reconcile: reconcile(at: moment)
        case .configureTunnel: configureTunnel(at: moment)
        case .startAttestation(let outcome): startAttestation(outcome, at: moment)
        case .finishAttestation(let success): finishAttestation(success: success, at: moment)
        case .startRotation(let rotation, let outcome): start(rotation, outcome, at: moment)
        case .finishRotation(let rotation, let success): finish(rotation, success: success, at: moment)
        case .startUpgrade(let fate): startUpgrade(fate, at: moment)
        case .leaveForUpgrade(let fate): leaveForUpgrade(fate, at: moment)
        case .finishUpgrade(let fate): finishUpgrade(fate, at: moment)
        case .bless(let success): bless(success: success, at: moment)
        case .startRekey(let tunnel, let fate): startRekey(tunnel: tunnel, fate, at: moment)
        case .continueRekey(let tunnel, let steps): continueRekey(tunnel: tunnel, steps, at: moment)
        case .haTransition: emit(.haTransition, at: moment)
        case .haFailover(let due): failOver(due: due, at: moment)
        case .haError: reportHAError(at: moment)
        case .mishap(let mishap): befall(mishap, at: moment)
        case .trouble(let trouble): begin(trouble, at: moment)
        }
    }
}
