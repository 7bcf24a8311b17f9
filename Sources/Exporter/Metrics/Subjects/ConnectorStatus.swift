// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling

/// One connector at one time, as its metric families describe it.
struct ConnectorStatus: MetricSubject {
    /// The connector and the result of its newest poll.
    let view: ConnectorView

    /// The counter series that still show 0.
    let newSeries: NewSeriesTracker

    /// The thresholds of stuck work, and the windows of the failure ratio.
    let settings: FamilySettings

    /// The current time.
    let now: Timestamp

    /// The record if the first poll is complete.
    ///
    /// Until then only the inventory and the poll result are exposed.
    let polled: ConnectorRecord?

    /// The documented kinds and those that were counted, in the order of exposition; empty before the first poll.
    let kinds: [EventKind]

    /// The tunnels by name; empty before the first poll.
    let tunnels: [(id: String, machine: RekeyMachine)]

    init(_ view: ConnectorView, newSeries: NewSeriesTracker, settings: FamilySettings, now: Timestamp) {
        self.view = view
        self.newSeries = newSeries
        self.settings = settings
        self.now = now
        polled = view.record.watermark == nil ? nil : view.record
        let undocumented = (polled?.tallies ?? [:]).keys.filter { !$0.isDocumented }.sorted()
        kinds = polled == nil ? [] : EventKind.documented + undocumented
        tunnels = (polled?.state.rekeys ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    static let namePrefix = "cloudflare_magic_connector_"
    static let labels = ["account_id", "connector_id"]

    var labelValues: [String] { [view.record.key.account, view.record.key.connector] }

    var countedSince: Timestamp? { view.record.countedSince }

    /// The properties from the connector list.
    var inventory: Connector { view.record.inventory }

    /// The tunnels whose counters are complete: none until the payloads of the imported history have been read.
    var tunnelsWithCounters: [(id: String, machine: RekeyMachine)] {
        polled?.hasAllPayloads == true ? tunnels : []
    }

    /// The operations with their state; empty before the first poll.
    var operations: [(name: String, operation: Operation, machine: OperationMachine)] {
        guard let state = polled?.state else { return [] }
        return Operation.allCases.map { ($0.rawValue, $0, state[$0]) }
    }

    /// Records that a sample changes at a time in the future without a new event.
    func expectChange(at time: Timestamp?, in samples: inout FamilyWriter) {
        if let time, time > now { samples.expectChange(at: time) }
    }

    /// Returns whether a time has come, and records it as an expected change if not.
    func hasPassed(_ time: Timestamp?, _ samples: inout FamilyWriter) -> Bool {
        expectChange(at: time, in: &samples)
        return time.map { $0 <= now } ?? false
    }
}
