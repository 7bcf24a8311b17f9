// SPDX-License-Identifier: Apache-2.0

/// A piece of work that a connector starts and finishes, with success or failure.
///
/// The raw value is the label value and the key in the configuration.
package enum Operation: String, Sendable, Hashable, CaseIterable, Codable {
    case attestation
    case cryptKeyRotation = "crypt_key_rotation"
    case pkiRotation = "pki_rotation"
    case upgrade

    /// What an event means to an operation.
    package enum Step: Sendable, Hashable {
        case start
        case finish(Outcome)
    }

    /// How an operation ended; the raw value is the label value.
    package enum Outcome: String, Sendable, Hashable, CaseIterable, Codable {
        case success
        case failure
    }

    /// The operation that a kind of event belongs to, and what it means there.
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
