// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The operations that start and finish: attestations, rotations, upgrades.
extension ConnectorScript {
    /// Starts an attestation: about once an hour, and sooner after a failure.
    mutating func startAttestation(_ forced: ScriptAction.Outcome?, at moment: Double) {
        emit(.startAttestation, at: moment)
        let outcome = forced ?? attestationOutcome(at: moment)
        if outcome == .never {
            queue.plan(.startAttestation(nil), at: moment + random.between(3300, 3900), on: .attestation)
        } else {
            queue.plan(
                .finishAttestation(success: outcome == .success),
                at: moment + random.between(2, 15),
                on: .attestation
            )
        }
    }

    private mutating func attestationOutcome(at moment: Double) -> ScriptAction.Outcome {
        if traits.failsAttestation(at: moment) { return .failure }
        if random.chance(0.004) { return .never }
        return random.chance(0.02) ? .failure : .success
    }

    mutating func finishAttestation(success: Bool, at moment: Double) {
        emit(success ? .finishAttestationSuccess : .finishAttestationFailure, at: moment)
        let pause = success ? random.between(3300, 3900) : random.between(180, 900)
        queue.plan(.startAttestation(nil), at: moment + pause, on: .attestation)
    }

    /// Starts a rotation: of the disk key every day, of the PKI keys every week.
    mutating func start(_ rotation: ScriptAction.Rotation, _ forced: ScriptAction.Outcome?, at moment: Double)
    {
        emit(rotation == .cryptKey ? .startRotateCryptKey : .startRotatePki, at: moment)
        let outcome = forced ?? (random.chance(0.01) ? .never : random.chance(0.04) ? .failure : .success)
        if outcome == .never {
            planNext(rotation, after: moment)
        } else {
            queue.plan(
                .finishRotation(rotation, success: outcome == .success),
                at: moment + random.between(5, rotation == .cryptKey ? 90 : 180),
                on: .rotation(rotation)
            )
        }
    }

    mutating func finish(_ rotation: ScriptAction.Rotation, success: Bool, at moment: Double) {
        switch (rotation, success) {
        case (.cryptKey, true): emit(.finishRotateCryptKeySuccess, at: moment)
        case (.cryptKey, false): emit(.finishRotateCryptKeyFailure, at: moment)
        case (.pki, true): emit(.finishRotatePkiSuccess, at: moment)
        case (.pki, false): emit(.finishRotatePkiFailure, at: moment)
        }
        if success {
            planNext(rotation, after: moment)
        } else {
            let retry = moment + random.between(1200, 5400)
            queue.plan(.startRotation(rotation, nil), at: retry, on: .rotation(rotation))
        }
    }

    /// Ends an open rotation without a result, because the agent starts, and plans another one.
    mutating func interrupt(_ rotation: ScriptAction.Rotation, at moment: Double) {
        guard case .finishRotation = queue.action(on: .rotation(rotation)) else { return }
        let retry = moment + random.between(300, 1200)
        queue.plan(.startRotation(rotation, nil), at: retry, on: .rotation(rotation))
    }

    private mutating func planNext(_ rotation: ScriptAction.Rotation, after moment: Double) {
        let period = rotation == .cryptKey ? 86_400.0 : 7 * 86_400.0
        queue.plan(
            .startRotation(rotation, nil),
            at: moment + random.between(0.95, 1.05) * period,
            on: .rotation(rotation)
        )
    }

    /// Starts an upgrade, about every six days.
    ///
    /// It reboots into a boot slot, which must then be blessed.
    mutating func startUpgrade(_ forced: ScriptAction.UpgradeOutcome?, at moment: Double) {
        if traits.postponesRestarts(at: moment) {
            queue.plan(.startUpgrade(forced), at: moment + random.between(3600, 7200), on: .upgrade)
            return
        }
        let bundle =
            "https://updates.example.net/connector/\(Self.version(release + 1))/bundle.img?slot=b&sig=\(random.hex(16))"
        emit(.startUpgrade, at: moment, .url(bundle))
        let outcome = forced ?? upgradeOutcome()
        if outcome == .failedBefore {
            queue.plan(.finishUpgrade(outcome), at: moment + random.between(60, 600), on: .upgrade)
        } else {
            queue.plan(.leaveForUpgrade(outcome), at: moment + random.between(180, 900), on: .upgrade)
        }
    }

    private mutating func upgradeOutcome() -> ScriptAction.UpgradeOutcome {
        switch random.unit() {
        case ..<0.86: .success
        case ..<0.90: .unblessed
        case ..<0.95: .failedAfterReboot
        default: .failedBefore
        }
    }

    mutating func finishUpgrade(_ outcome: ScriptAction.UpgradeOutcome, at moment: Double) {
        let succeeded = outcome == .success || outcome == .unblessed
        emit(succeeded ? .finishUpgradeSuccess : .finishUpgradeFailure, at: moment)
        if succeeded {
            emit(.blessSlotPending, at: moment)
            queue.plan(
                .bless(success: outcome == .success),
                at: moment + random.between(120, 600),
                on: .blessing
            )
        }
        let pause = succeeded ? random.wait(mean: 6 * 86_400) : random.between(3600, 14_400)
        queue.plan(.startUpgrade(nil), at: moment + pause, on: .upgrade)
    }

    mutating func bless(success: Bool, at moment: Double) {
        emit(success ? .blessSlotSuccess : .blessSlotFailure, at: moment)
    }
}
