// SPDX-License-Identifier: Apache-2.0

/// The parameters in which the scripts of two connectors differ.
struct ScriptTraits: Sendable {
    let account: Int
    /// The index of the connector within its account.
    let index: Int
    let tunnels: [String]
    /// The number of the high-availability pair, or `nil` if the connector is not paired.
    let pair: Int?
    /// The rare incidents that the history must contain.
    let incidents: [ScriptedIncident]
    /// The script seconds over which these incidents are spread.
    let incidentSpan: Double
    /// The incident that lasts for hours around the start, and its script seconds.
    let demoIncident: DemoIncident?
    let demoIncidentSpan: Range<Double>?
    /// The share of events of undocumented kinds, below 0.5.
    let unknownShare: Double
    /// The share of events that are collected more than an hour after they were recorded.
    let lateShare: Double

    /// Returns whether restarts are postponed, because one would end the demo incident early.
    func postponesRestarts(at moment: Double) -> Bool {
        guard let demoIncidentSpan else { return false }
        // An upgrade that started earlier may reboot within the hour.
        return moment > demoIncidentSpan.lowerBound - 3600 && moment < demoIncidentSpan.upperBound
    }

    func failsAttestation(at moment: Double) -> Bool {
        demoIncident == .failingAttestations && demoIncidentSpan?.contains(moment) == true
    }
}
