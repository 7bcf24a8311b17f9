// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The agent: its starts and stops, what it does all day, and its pair.
extension Life {
    /// Starts the agent, and with it all that depends on it.
    mutating func start(_ boot: LifeAction.Boot, at moment: Double) {
        stopped = nil
        if case .upgrade(let fate) = boot, fate != .failedAfterReboot { release += 1 }
        emit(.initialize, at: moment)
        if pair != nil {
            emit(.haInit, at: moment)
            agenda.plan(.haTransition, at: moment + random.between(5, 20), on: .haTransition)
        }
        agenda.plan(.startAttestation(nil), at: moment + random.between(3, 15), on: .attestation)
        switch boot {
        case .process: break
        case .birth:
            installKeys(at: moment)
            planWholeLife(at: moment)
        case .upgrade(let fate):
            installKeys(at: moment)
            agenda.plan(.finishUpgrade(fate), at: moment + random.between(5, 60), on: .upgrade)
        }
    }

    private mutating func planWholeLife(at moment: Double) {
        let day = 86_400.0
        agenda.plan(.reconcile, at: moment + random.between(2, 10), on: .reconcile)
        agenda.plan(
            .startRotation(.cryptKey, nil),
            at: moment + random.between(0.01, 1) * day,
            on: .rotation(.cryptKey)
        )
        agenda.plan(
            .startRotation(.pki, nil),
            at: moment + random.between(0.01, 7) * day,
            on: .rotation(.pki)
        )
        agenda.plan(.startUpgrade(nil), at: moment + random.wait(mean: 6 * day), on: .upgrade)
        agenda.plan(.restart(clean: true), at: moment + random.wait(mean: 3 * day), on: .cleanRestart)
        agenda.plan(.restart(clean: false), at: moment + random.wait(mean: 6 * day), on: .uncleanRestart)
        agenda.plan(.configureTunnel, at: moment + random.wait(mean: 10 * day), on: .cloudflaredTunnel)
        if pair != nil {
            planFailover(after: moment)
            agenda.plan(.haError, at: moment + random.wait(mean: 8 * day), on: .haError)
        }
    }

    /// Stops the agent until an action on its own track starts it again.
    private mutating func stop(announced: Bool, at moment: Double) {
        stopped = moment
        guard announced else { return }
        if pair != nil { emit(.haLeave, at: moment) }
        emit(.leave, at: moment)
    }

    /// Restarts the process; one that crashed is missed for longer, and says nothing.
    mutating func restart(clean: Bool, at moment: Double) {
        let track = clean ? Agenda.Track.cleanRestart : .uncleanRestart
        if traits.isCalm(at: moment) {
            agenda.plan(.restart(clean: clean), at: moment + random.between(3600, 7200), on: track)
            return
        }
        stop(announced: clean, at: moment)
        let pause = clean ? random.between(3, 30) : random.between(60, 600)
        agenda.plan(.boot(.process), at: moment + pause, on: .agent)
        agenda.plan(
            .restart(clean: clean),
            at: moment + pause + random.wait(mean: (clean ? 3 : 6) * 86_400),
            on: track
        )
    }

    /// Leaves for the reboot of an upgrade.
    mutating func leaveForUpgrade(_ fate: LifeAction.UpgradeFate, at moment: Double) {
        stop(announced: true, at: moment)
        agenda.plan(.boot(.upgrade(fate)), at: moment + random.between(60, 240), on: .agent)
    }

    /// Compares what is with what should be, every few minutes.
    mutating func reconcile(at moment: Double) {
        emit(.reconcile, at: moment)
        agenda.plan(.reconcile, at: moment + random.between(130, 310), on: .reconcile)
    }

    mutating func configureTunnel(at moment: Double) {
        emit(.configureCloudflaredTunnel, at: moment)
        agenda.plan(.configureTunnel, at: moment + random.wait(mean: 10 * 86_400), on: .cloudflaredTunnel)
    }

    mutating func failOver(due: Double, at moment: Double) {
        emit(.haTransition, at: moment)
        planFailover(after: due)
    }

    private mutating func planFailover(after moment: Double) {
        guard let due = pair?.wait(mean: 43_200).advanced(by: moment) else { return }
        agenda.plan(.haFailover(due: due), at: due + random.between(0, 2), on: .haFailover)
    }

    mutating func reportHAError(at moment: Double) {
        emit(.haError, at: moment)
        agenda.plan(.haError, at: moment + random.wait(mean: 8 * 86_400), on: .haError)
    }
}
