// SPDX-License-Identifier: Apache-2.0

/// An operation that a connector starts, and finishes with success or failure.
///
/// The raw value is the label value and the configuration key.
package enum Operation: String, Sendable, Hashable, CaseIterable, Codable {
    case attestation
    case cryptKeyRotation = "crypt_key_rotation"
    case pkiRotation = "pki_rotation"
    case upgrade

    /// The effect of an event on an operation.
    package enum Step: Sendable, Hashable {
        case start
        case finish(Outcome)
    }

    /// The outcome of a finished operation.
    ///
    /// The raw value is the label value.
    package enum Outcome: String, Sendable, Hashable, CaseIterable, Codable {
        case success
        case failure
    }

    /// Whether a start of the agent ends an open run without a result.
    ///
    /// An upgrade restarts the agent itself.
    package var isInterruptedByAgentStart: Bool { self != .upgrade }

    /// Returns the operation and the step of a kind; `nil` if the kind belongs to no operation.
    package static func step(of kind: EventKind) -> (operation: Operation, step: Step)? {
        switch kind {
        case .startAttestation: (.attestation, .start)
        case .finishAttestationSuccess: (.attestation, .finish(.success))
        case .finishAttestationFailure: (.attestation, .finish(.failure))
        case .startRotateCryptKey: (.cryptKeyRotation, .start)
        case .finishRotateCryptKeySuccess: (.cryptKeyRotation, .finish(.success))
        case .finishRotateCryptKeyFailure: (.cryptKeyRotation, .finish(.failure))
        case .startRotatePki: (.pkiRotation, .start)
        case .finishRotatePkiSuccess: (.pkiRotation, .finish(.success))
        case .finishRotatePkiFailure: (.pkiRotation, .finish(.failure))
        case .startUpgrade: (.upgrade, .start)
        case .finishUpgradeSuccess: (.upgrade, .finish(.success))
        case .finishUpgradeFailure: (.upgrade, .finish(.failure))
        default: nil
        }
    }
}
