// SPDX-License-Identifier: Apache-2.0

/// A rare incident that every fleet's history contains once, so that a day of history shows all event kinds.
enum ScriptedIncident: Sendable, Hashable, CaseIterable {
    case attestationFailure
    case attestationWithoutEnd
    case cryptKeyFailure
    case pkiFailure
    case pkiSuccess
    case upgradeSuccess
    case upgradeFailedAfterReboot
    case upgradeUnblessed
    case cloudflaredTunnel
    case rekeyRestarted
    case rekeyStuckAdvanced
    case rekeyReset
    case uncleanRestart
    case haError
    case haLeave

    private var needsPair: Bool { self == .haError || self == .haLeave }

    /// Returns the incidents of one connector.
    ///
    /// - Parameters:
    ///   - index: the index of the connector within its account.
    ///   - count: the number of the account's connectors; the first two are a pair.
    /// - Returns: up to three incidents.
    static func of(index: Int, count: Int) -> [ScriptedIncident] {
        allCases.enumerated()
            .filter { order, incident in index == (incident.needsPair ? 0 : (2 * order + 4) % count) }
            .map(\.element)
    }
}
