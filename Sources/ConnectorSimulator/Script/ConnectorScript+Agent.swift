// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The agent: its starts and stops, its routine work, and its high-availability pair.
extension ConnectorScript {
    /// Starts the agent, and plans the actions that follow a start.
    mutating func start(_ reason: ScriptAction.StartReason, at moment: Double) {
        stopped = nil
        if case .upgrade(let outcome) = reason, outcome != .failedAfterReboot { release += 1 }
        emit(.initialize, at: moment, effect: reason.isReboot ? .boot : .none)
        if pairRandom != nil {
            emit(.haInit, at: moment)
            queue.plan(.haTransition, at: moment + random.between(5, 20), on: .haTransition)
        }
        queue.plan(.startAttestation(nil), at: moment + random.between(3, 15), on: .attestation)
        for rotation in [ScriptAction.Rotation.cryptKey, .pki] { interrupt(rotation, at: moment) }
        switch reason {
        case .process: break
        case .firstBoot:
            installKeys(at: moment)
            planAllTracks(at: moment)
        case .upgrade(let outcome):
            installKeys(at: moment)
            queue.plan(.finishUpgrade(outcome), at: moment + random.between(5, 60), on: .upgrade)
        }
    }

    private mutating func planAllTracks(at moment: Double) {
        let day = 86_400.0
        queue.plan(.reconcile, at: moment + random.between(2, 10), on: .reconcile)
        queue.plan(
            .startRotation(.cryptKey, nil),
            at: moment + random.between(0.01, 1) * day,
            on: .rotation(.cryptKey)
        )
        queue.plan(
            .startRotation(.pki, nil),
            at: moment + random.between(0.01, 7) * day,
            on: .rotation(.pki)
        )
        queue.plan(.startUpgrade(nil), at: moment + random.wait(mean: 6 * day), on: .upgrade)
        queue.plan(.restart(clean: true), at: moment + random.wait(mean: 3 * day), on: .cleanRestart)
        queue.plan(.restart(clean: false), at: moment + random.wait(mean: 6 * day), on: .uncleanRestart)
        queue.plan(.configureTunnel, at: moment + random.wait(mean: 10 * day), on: .cloudflaredTunnel)
        if pairRandom != nil {
            planFailover(after: moment)
            queue.plan(.haError, at: moment + random.wait(mean: 8 * day), on: .haError)
        }
    }

    /// Stops the agent until an action on the agent track starts it again.
    private mutating func stop(
        announced: Bool,
        at moment: Double,
        effect: ScriptedEvent.Effect = .none
    ) {
        stopped = moment
        guard announced else { return }
        if pairRandom != nil { emit(.haLeave, at: moment) }
        emit(.leave, at: moment, effect: effect)
    }

    /// Restarts the process.
    ///
    /// After a crash, the agent is away for longer and emits no `Leave`.
    mutating func restart(clean: Bool, at moment: Double) {
        let track = clean ? ScriptQueue.Track.cleanRestart : .uncleanRestart
        if traits.postponesRestarts(at: moment) {
            queue.plan(.restart(clean: clean), at: moment + random.between(3600, 7200), on: track)
            return
        }
        stop(announced: clean, at: moment)
        let pause = clean ? random.between(3, 30) : random.between(60, 600)
        queue.plan(.start(.process), at: moment + pause, on: .agent)
        queue.plan(
            .restart(clean: clean),
            at: moment + pause + random.wait(mean: (clean ? 3 : 6) * 86_400),
            on: track
        )
    }

    mutating func leaveForUpgrade(_ outcome: ScriptAction.UpgradeOutcome, at moment: Double) {
        stop(announced: true, at: moment, effect: .shutdown)
        queue.plan(.start(.upgrade(outcome)), at: moment + random.between(60, 240), on: .agent)
    }

    /// Reconciles the configuration every few minutes.
    mutating func reconcile(at moment: Double) {
        emit(.reconcile, at: moment)
        queue.plan(.reconcile, at: moment + random.between(130, 310), on: .reconcile)
    }

    mutating func configureTunnel(at moment: Double) {
        emit(.configureCloudflaredTunnel, at: moment)
        queue.plan(.configureTunnel, at: moment + random.wait(mean: 10 * 86_400), on: .cloudflaredTunnel)
    }

    mutating func failOver(due: Double, at moment: Double) {
        emit(.haTransition, at: moment, effect: .failover)
        planFailover(after: due)
    }

    private mutating func planFailover(after moment: Double) {
        guard let due = pairRandom?.wait(mean: 43_200).advanced(by: moment) else { return }
        queue.plan(.haFailover(due: due), at: due + random.between(0, 2), on: .haFailover)
    }

    mutating func emitHAError(at moment: Double) {
        emit(.haError, at: moment)
        queue.plan(.haError, at: moment + random.wait(mean: 8 * 86_400), on: .haError)
    }
}
