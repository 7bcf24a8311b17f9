// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Polling

/// The exporter's own work, as its metric families describe it.
///
/// It changes when something is polled.
struct ExporterStatus: MetricSubject {
    let statistics: PollStatistics.Snapshot

    /// The polled accounts, ordered by identifier.
    let accounts: [AccountView]

    /// The share of the connectors that this exporter polls.
    let shard: Shard

    /// Whether the newest load of the configuration succeeded.
    let reloadSucceeded: Bool

    /// The ledger's files and the event log; `nil` if unknown.
    let storage: StorageStatus?

    /// When the process started; `nil` if unknown.
    let countedSince: Timestamp?

    static let namePrefix = "cloudflare_magic_connector_exporter_"
    static let labels: [String] = []

    var labelValues: [String] { [] }

    /// Returns whether an account is polled.
    ///
    /// The counters of other accounts are from before a reload, and are not exposed.
    func hasAccount(_ id: String) -> Bool { accounts.contains { $0.account == id } }
}
