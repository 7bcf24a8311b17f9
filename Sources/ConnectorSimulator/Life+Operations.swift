// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// What starts and finishes: attestations, rotations, upgrades.
extension Life {
    /// Attests about once an hour, and soon again after a failure.
    mutating func startAttestation(_ forced: LifeAction.Outcome?, at moment: Double) {
        emit(.startAttestation, at: moment)
        let outcome = forced ?? attestationOutcome(at: moment)
        if outcome == .never {
            agenda.plan(.startAttestation(nil), at: moment + random.between(3300, 3900), on: .attestation)
        } else {
            agenda.plan(
                .finishAttestation(success: outcome == .success),
                at: moment + random.between(2, 15),
                on: .attestation
            )
        }
    }

    private mutating func attestationOutcome(at moment: Double) -> LifeAction.Outcome {
        if traits.failsAttestation(at: moment) { return .failure }
        if random.chance(0.004) { return .never }
        return random.chance(0.02) ? .failure : .success
    }

    mutating func finishAttestation(success: Bool, at moment: Double) {
        emit(success ? .finishAttestationSuccess : .finishAttestationFailure, at: moment)
        let pause = success ? random.between(3300, 3900) : random.between(180, 900)
        agenda.plan(.startAttestation(nil), at: moment + pause, on: .attestation)
    }

    /// Rotates keys: the disk's every day, those of the PKI every week.
    mutating func start(_ rotation: LifeAction.Rotation, _ forced: LifeAction.Outcome?, at moment: Double) {
        emit(rotation == .cryptKey ? .startRotateCryptKey : .startRotatePki, at: moment)
        let outcome = forced ?? (random.chance(0.01) ? .never : random.chance(0.04) ? .failure : .success)
        if outcome == .never {
            planNext(rotation, after: moment)
        } else {
            agenda.plan(
                .finishRotation(rotation, success: outcome == .success),
                at: moment + random.between(5, rotation == .cryptKey ? 90 : 180),
                on: .rotation(rotation)
            )
        }
    }

    mutating func finish(_ rotation: LifeAction.Rotation, success: Bool, at moment: Double) {
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
            agenda.plan(.startRotation(rotation, nil), at: retry, on: .rotation(rotation))
        }
    }

    private mutating func planNext(_ rotation: LifeAction.Rotation, after moment: Double) {
        let period = rotation == .cryptKey ? 86_400.0 : 7 * 86_400.0
        agenda.plan(
            .startRotation(rotation, nil),
            at: moment + random.between(0.95, 1.05) * period,
            on: .rotation(rotation)
        )
    }

    /// Upgrades now and then: across a reboot, and into a boot slot that has to prove itself.
    mutating func startUpgrade(_ forced: LifeAction.UpgradeFate?, at moment: Double) {
        if traits.isCalm(at: moment) {
            agenda.plan(.startUpgrade(forced), at: moment + random.between(3600, 7200), on: .upgrade)
            return
        }
        let bundle =
            "https://updates.example.net/connector/\(Self.version(release + 1))/bundle.img?slot=b&sig=\(random.hex(16))"
        emit(.startUpgrade, at: moment, .url(bundle))
        let fate = forced ?? upgradeFate()
        if fate == .failedBefore {
            agenda.plan(.finishUpgrade(fate), at: moment + random.between(60, 600), on: .upgrade)
        } else {
            agenda.plan(.leaveForUpgrade(fate), at: moment + random.between(180, 900), on: .upgrade)
        }
    }

    private mutating func upgradeFate() -> LifeAction.UpgradeFate {
        switch random.unit() {
        case ..<0.86: .success
        case ..<0.90: .unblessed
        case ..<0.95: .failedAfterReboot
        default: .failedBefore
        }
    }

    mutating func finishUpgrade(_ fate: LifeAction.UpgradeFate, at moment: Double) {
        let succeeded = fate == .success || fate == .unblessed
        emit(succeeded ? .finishUpgradeSuccess : .finishUpgradeFailure, at: moment)
        if succeeded {
            emit(.blessSlotPending, at: moment)
            agenda.plan(
                .bless(success: fate == .success),
                at: moment + random.between(120, 600),
                on: .blessing
            )
        }
        let pause = succeeded ? random.wait(mean: 6 * 86_400) : random.between(3600, 14_400)
        agenda.plan(.startUpgrade(nil), at: moment + pause, on: .upgrade)
    }

    mutating func bless(success: Bool, at moment: Double) {
        emit(success ? .blessSlotSuccess : .blessSlotFailure, at: moment)
    }
}
