// SPDX-License-Identifier: Apache-2.0

/// A planned action of a script.
enum ScriptAction: Sendable {
    case start(StartReason)
    case restart(clean: Bool)
    case reconcile
    case configureTunnel

    case startAttestation(Outcome?)
    case finishAttestation(success: Bool)

    case startRotation(Rotation, Outcome?)
    case finishRotation(Rotation, success: Bool)

    case startUpgrade(UpgradeOutcome?)
    case leaveForUpgrade(UpgradeOutcome)
    case finishUpgrade(UpgradeOutcome)
    case bless(success: Bool)

    case startRekey(tunnel: Int, RekeyOutcome?)
    case continueRekey(tunnel: Int, [RekeyStep])

    case haTransition
    /// A failover of the pair; both of its connectors compute the same `due` moment.
    case haFailover(due: Double)
    case haError

    case incident(ScriptedIncident)
    case demoIncident(DemoIncident)
}

extension ScriptAction {
    /// The outcome of an operation.
    enum Outcome: Sendable {
        case success
        case failure
        /// The operation stays open until another one replaces it.
        case never
    }

    /// A key rotation.
    ///
    /// Both kinds behave alike, at different intervals.
    enum Rotation: Sendable, Hashable {
        case cryptKey
        case pki
    }

    enum StartReason: Sendable {
        /// The first start, without any keys.
        case firstBoot
        /// A restart of the process; the kernel still has the keys.
        case process
        /// A reboot of the appliance into the boot slot of an upgrade.
        case upgrade(UpgradeOutcome)

        /// Whether the kernel starts again, after it has run before.
        var isReboot: Bool {
            if case .upgrade = self { true } else { false }
        }
    }

    enum UpgradeOutcome: Sendable {
        case success
        /// The new version runs, but its boot slot cannot be blessed.
        case unblessed
        /// The appliance reboots into the old version.
        case failedAfterReboot
        /// The upgrade fails before the reboot, for example because the bundle cannot be downloaded.
        case failedBefore
    }

    enum RekeyOutcome: Sendable {
        case complete
        case restarted
        case stuckStarted
        /// The old keys are not removed for about an hour.
        case stuckAdvanced
        case reset
    }

    /// One event of a rekey, and its time after the previous one.
    struct RekeyStep: Sendable {
        enum Kind: Sendable {
            case restart
            case advance
            case complete
            case reset
            case installBoth
        }

        let kind: Kind
        let wait: Double
    }
}
