// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import WireText

extension FamilySettings {
    /// Creates the settings of a configuration.
    init(_ configuration: Configuration) {
        var stuckAfter = StuckThresholds()
        let configured = configuration.stuckAfter
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

    /// Loads the settings of a command that reads the ledger only, and therefore needs no token.
    ///
    /// - Parameter file: the path of the configuration; `nil` for the defaults.
    /// - Returns: the settings.
    /// - Throws: an error that names the file, line and key.
    static func load(_ file: String?) throws -> FamilySettings {
        if let file { return FamilySettings(try ConfigurationFile.load(file)) }
        let api = Configuration.API(baseURL: try BaseURL(Configuration.defaultBaseURL))
        return FamilySettings(Configuration(accounts: [], api: api))
    }
}
