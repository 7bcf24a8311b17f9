// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// Incidents that are planned on purpose, so that every fleet has each of them.
extension ConnectorScript {
    /// Starts a rare incident, in place of the planned action of its track.
    mutating func start(_ incident: ScriptedIncident, at moment: Double) {
        switch incident {
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
        case .haError: emitHAError(at: moment)
        case .haLeave: restart(clean: true, at: moment)
        }
    }

    /// Starts an incident that lasts for hours, and plans its end.
    mutating func start(_ incident: DemoIncident, at moment: Double) {
        let end = traits.demoIncidentSpan?.upperBound ?? .infinity
        switch incident {
        case .failingAttestations:
            startAttestation(.failure, at: moment)
        case .stuckRekey:
            emit(.rekeyStart, at: moment, .tunnel(traits.tunnels[0]))
            let steps: [ScriptAction.RekeyStep] = [
                .init(kind: .restart, wait: 0), .init(kind: .advance, wait: 5),
                .init(kind: .complete, wait: 30),
            ]
            queue.plan(.continueRekey(tunnel: 0, steps), at: end, on: .tunnel(0))
        case .stuckRotation:
            emit(.startRotatePki, at: moment)
            queue.plan(.finishRotation(.pki, success: true), at: end, on: .rotation(.pki))
        }
    }
}
