// SPDX-License-Identifier: Apache-2.0

/// What is next on a connector's agenda.
enum LifeAction: Sendable {
    case boot(Boot)
    case restart(clean: Bool)
    case reconcile
    case configureTunnel

    case startAttestation(Outcome?)
    case finishAttestation(success: Bool)

    case startRotation(Rotation, Outcome?)
    case finishRotation(Rotation, success: Bool)

    case startUpgrade(UpgradeFate?)
    case leaveForUpgrade(UpgradeFate)
    case finishUpgrade(UpgradeFate)
    case bless(success: Bool)

    case startRekey(tunnel: Int, RekeyFate?)
    case continueRekey(tunnel: Int, [RekeyStep])

    case haTransition
    /// The pair's failover that is due at a moment which both of its connectors know.
    case haFailover(due: Double)
    case haError

    case mishap(Mishap)
    case trouble(Trouble)
}

extension LifeAction {
    /// How an operation ends.
    enum Outcome: Sendable {
        case success
        case failure
        /// It never does, until another one replaces it.
        case never
    }

    /// The two rotations, which differ in nothing but their names and their pace.
    enum Rotation: Sendable, Hashable {
        case cryptKey
        case pki
    }

    /// Why the agent starts.
    enum Boot: Sendable {
        /// For the first time: there are no keys yet.
        case birth
        /// The process alone: the kernel kept its keys.
        case process
        /// The whole appliance, into the boot slot of an upgrade.
        case upgrade(UpgradeFate)
    }

    /// How an upgrade goes.
    enum UpgradeFate: Sendable {
        case success
        /// It runs, and its boot slot cannot be blessed.
        case unblessed
        /// It comes back up with the old version.
        case failedAfterReboot
        /// It fails before the reboot, as where the bundle cannot be loaded.
        case failedBefore
    }

    /// How a rekey goes.
    enum RekeyFate: Sendable {
        case complete
        case restarted
        /// Stuck before the new key is seen in use.
        case stuckStarted
        /// Stuck with the old keys still there.
        case stuckAdvanced
        case reset
    }

    /// One event of a rekey, and how long after the one before.
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
