// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import WireText

extension FamilySettings {
    /// Takes the thresholds, windows and collectors of a configuration.
    init(_ configuration: Configuration) {
        let configured = configuration.stuckAfter
        var stuckAfter = StuckThresholds()
        stuckAfter.attestation = configured.attestation.wholeSeconds
        stuckAfter.cryptKeyRotation = configured.cryptKeyRotation.wholeSeconds
        stuckAfter.pkiRotation = configured.pkiRotation.wholeSeconds
        stuckAfter.upgrade = configured.upgrade.wholeSeconds
        stuckAfter.rekey = configured.rekey.wholeSeconds
        self.init(
            stuckAfter: stuckAfter,
            failureRatioWindows: configuration.failureRatioWindows.map {
                Window(label: $0.description, seconds: $0.wholeSeconds)
            },
            forgetTunnelsAfter: configuration.forgetTunnelsAfter.wholeSeconds,
            snapshotCollectors: configuration.snapshots.collectors,
            allSnapshotFields: configuration.snapshots.allFields
        )
    }
}
