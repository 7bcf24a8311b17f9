// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// What is made to go wrong, so that a fleet of any seed has it all.
extension Life {
    /// Lets a mishap happen now, in place of what its track had planned.
    mutating func befall(_ mishap: Mishap, at moment: Double) {
        switch mishap {
        case .attestationFailure: startAttestation(.failure, at: moment)
        case .attestationWithoutEnd: startAttestation(.never, at: moment)
        case .cryptKeyFailure: start(.cryptKey, .failure, at: moment)
        case .pkiFailure: start(.pki, .failure, at: moment)
        case .pkiSuccess: start(.pki, .success, at: moment)
        case .upgradeSuccess: startUpgrade(.success, at: moment)
        case .upgradeFailedAfterReboot: startUpgrade(.failedAfterReboot, at: moment)
        case .upgradeUnblessed: startUpgrade(.unblessed, at: moment)
        case .cloudflaredTunnel: configureTunnel(at: moment)
        case .rekeyRestarted: startRekey(tunnel: 0, .restarted, at: moment)
        case .rekeyStuckAdvanced: startRekey(tunnel: 0, .stuckAdvanced, at: moment)
        case .rekeyReset: startRekey(tunnel: 0, .reset, at: moment)
        case .uncleanRestart: restart(clean: false, at: moment)
        case .haError: reportHAError(at: moment)
        case .haLeave: restart(clean: true, at: moment)
        }
    }

    /// Begins what goes wrong for hours, and plans its end.
    mutating func begin(_ trouble: Trouble, at moment: Double) {
        let end = traits.troubleSpan?.upperBound ?? .infinity
        switch trouble {
        case .failingAttestations:
            startAttestation(.failure, at: moment)
        case .stuckRekey:
            emit(.rekeyStart, at: moment, .tunnel(traits.tunnels[0]))
            let steps: [LifeAction.RekeyStep] = [
                .init(kind: .restart, wait: 0), .init(kind: .advance, wait: 5),
                .init(kind: .complete, wait: 30),
            ]
            agenda.plan(.continueRekey(tunnel: 0, steps), at: end, on: .tunnel(0))
        case .stuckRotation:
            emit(.startRotatePki, at: moment)
            agenda.plan(.finishRotation(.pki, success: true), at: end, on: .rotation(.pki))
        }
    }
}
