// SPDX-License-Identifier: Apache-2.0

/// What is too rare to be sure of within a day, and is made sure of: once, somewhere in the fleet's history.
enum Mishap: Sendable, Hashable, CaseIterable {
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

    /// Whether it can only befall one of a pair.
    private var needsPair: Bool { self == .haError || self == .haLeave }

    /// What befalls the connector of a number.
    ///
    /// - Parameters:
    ///   - index: counts within the account.
    ///   - count: of the account's connectors. The first two are a pair.
    /// - Returns: none to three of them.
    static func of(index: Int, count: Int) -> [Mishap] {
        allCases.enumerated()
            .filter { order, mishap in index == (mishap.needsPair ? 0 : (2 * order + 4) % count) }
            .map(\.element)
    }
}
