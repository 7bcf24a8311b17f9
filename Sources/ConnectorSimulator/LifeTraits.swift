// SPDX-License-Identifier: Apache-2.0

/// What makes the life of one connector differ from another's.
struct LifeTraits: Sendable {
    /// Counts the accounts.
    let account: Int
    /// Counts the connectors of the account.
    let index: Int
    /// Their identifiers.
    let tunnels: [String]
    /// The number of its pair, where it has a partner.
    let pair: Int?
    /// What befalls it within its history.
    let mishaps: [Mishap]
    /// The seconds of life over which mishaps are spread.
    let mishapSpan: Double
    /// What goes wrong for hours, and when, in seconds of life.
    let trouble: Trouble?
    let troubleSpan: Range<Double>?
    /// The share of events of undocumented kinds, below a half.
    let unknownShare: Double
    /// The share of events that are collected more than an hour after they were recorded.
    let lateShare: Double

    /// Whether a restart would get in the way of a trouble that is to be seen.
    func isCalm(at moment: Double) -> Bool {
        guard let troubleSpan else { return false }
        // An upgrade that began before may reboot within the hour.
        return moment > troubleSpan.lowerBound - 3600 && moment < troubleSpan.upperBound
    }

    /// Whether attestations fail whatever happens.
    func failsAttestation(at moment: Double) -> Bool {
        trouble == .failingAttestations && troubleSpan?.contains(moment) == true
    }
}
