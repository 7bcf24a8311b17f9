// SPDX-License-Identifier: Apache-2.0

/// The kind of an event.
///
/// Cloudflare adds kinds without notice, so the set is open.
///
/// Source: Cloudflare API, "Magic Transit › Connectors › Events"; 13 kinds in February 2025, 29 in August
/// 2026.
package struct EventKind: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    private init(_ rawValue: String) { self.rawValue = rawValue }

    package var description: String { rawValue }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    // The agent, `mcon-agent`, manages the appliance.
    package static let initialize = EventKind("Init")
    package static let leave = EventKind("Leave")

    package static let startAttestation = EventKind("StartAttestation")
    package static let finishAttestationSuccess = EventKind("FinishAttestationSuccess")
    package static let finishAttestationFailure = EventKind("FinishAttestationFailure")

    package static let startRotateCryptKey = EventKind("StartRotateCryptKey")
    package static let finishRotateCryptKeySuccess = EventKind("FinishRotateCryptKeySuccess")
    package static let finishRotateCryptKeyFailure = EventKind("FinishRotateCryptKeyFailure")

    package static let startRotatePki = EventKind("StartRotatePki")
    package static let finishRotatePkiSuccess = EventKind("FinishRotatePkiSuccess")
    package static let finishRotatePkiFailure = EventKind("FinishRotatePkiFailure")

    package static let startUpgrade = EventKind("StartUpgrade")
    package static let finishUpgradeSuccess = EventKind("FinishUpgradeSuccess")
    package static let finishUpgradeFailure = EventKind("FinishUpgradeFailure")

    // The agent blesses a boot slot after a successful upgrade.
    package static let blessSlotSuccess = EventKind("BlessSlotSuccess")
    package static let blessSlotPending = EventKind("BlessSlotPending")
    package static let blessSlotFailure = EventKind("BlessSlotFailure")

    package static let reconcile = EventKind("Reconcile")
    package static let configureCloudflaredTunnel = EventKind("ConfigureCloudflaredTunnel")

    // Each event is about the IPsec keys of one tunnel.
    package static let rekeyInstallBoth = EventKind("RekeyInstallBoth")
    package static let rekeyStart = EventKind("RekeyStart")
    package static let rekeyRestart = EventKind("RekeyRestart")
    package static let rekeyAdvance = EventKind("RekeyAdvance")
    package static let rekeyComplete = EventKind("RekeyComplete")
    package static let rekeyReset = EventKind("RekeyReset")

    // High availability.
    package static let haTransition = EventKind("HaTransition")
    package static let haError = EventKind("HaError")
    package static let haInit = EventKind("HaInit")
    package static let haLeave = EventKind("HaLeave")

    /// The kinds in Cloudflare's documentation, in its order.
    ///
    /// All of them are exposed at 0 from the start.
    package static let documented: [EventKind] = [
        .initialize, .leave,
        .startAttestation, .finishAttestationSuccess, .finishAttestationFailure,
        .startRotateCryptKey, .finishRotateCryptKeySuccess, .finishRotateCryptKeyFailure,
        .startRotatePki, .finishRotatePkiSuccess, .finishRotatePkiFailure,
        .startUpgrade, .finishUpgradeSuccess, .finishUpgradeFailure,
        .blessSlotSuccess, .blessSlotPending, .blessSlotFailure,
        .reconcile, .configureCloudflaredTunnel,
        .rekeyInstallBoth, .rekeyStart, .rekeyRestart, .rekeyAdvance, .rekeyComplete, .rekeyReset,
        .haTransition, .haError, .haInit, .haLeave,
    ]

    private static let documentedSet = Set(documented)

    /// Whether Cloudflare documents this kind.
    package var isDocumented: Bool { Self.documentedSet.contains(self) }

    /// Whether the event is about one tunnel, which its payload names.
    package var isRekey: Bool {
        switch self {
        case .rekeyInstallBoth, .rekeyStart, .rekeyRestart, .rekeyAdvance, .rekeyComplete, .rekeyReset: true
        default: false
        }
    }

    /// Whether the payload contains a `tunnel_id` or a `url`, which the list of events does not.
    package var hasPayload: Bool { isRekey || self == .startUpgrade }
}
