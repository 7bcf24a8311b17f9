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

    /// The tunnels that are not forgotten, by name; empty before the first poll.
    let tunnels: [(id: String, machine: RekeyMachine)]

    init(_ view: ConnectorView, newSeries: NewSeriesTracker, settings: FamilySettings, now: Timestamp) {
        self.view = view
        self.newSeries = newSeries
        self.settings = settings
        self.now = now
        polled = view.record.watermark == nil ? nil : view.record
        let undocumented = (polled?.tallies ?? [:]).keys.filter { !$0.isDocumented }.sorted()
        kinds = polled == nil ? [] : EventKind.documented + undocumented
        let tunnels = polled?.state.tunnels(forgettingAfter: settings.forgetTunnelsAfter, at: now) ?? [:]
        self.tunnels = tunnels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    static let namePrefix = "cloudflare_magic_connector_"
    static let labels = ["account_id", "connector_id"]

    var labelValues: [String] { [view.record.key.account, view.record.key.connector] }

    var countedSince: Timestamp? { view.record.countedSince }

    /// The properties from the lists of connectors and sites.
    var inventory: Connector { view.record.inventory }

    /// The last heartbeat; `nil` while the list of connectors lacks the connector, because it is then unknown.
    var lastHeartbeat: Timestamp? { view.record.missing == 0 ? inventory.lastHeartbeat : nil }

    /// The tunnels whose counters are complete: none until the payloads of the imported history have been read.
    var tunnelsWithCounters: [(id: String, machine: RekeyMachine)] {
        polled?.hasAllPayloads == true ? tunnels : []
    }

    /// The operations with their state; empty before the first poll.
    var operations: [(name: String, operation: Operation, machine: OperationMachine)] {
        guard let state = polled?.state else { return [] }
        return Operation.allCases.map { ($0.rawValue, $0, state[$0]) }
    }

    /// Calls a closure for each operation that has ever finished and each window, with the finishes in that window.
    ///
    /// It records when a finish leaves its window.
    func forEachWindow(
        in samples: inout FamilyWriter,
        _ body: (_ operation: String, _ window: String, WindowedFinishes, inout FamilyWriter) -> Void
    ) {
        for (name, _, machine) in operations where machine.consecutiveFailures != nil {
            for window in settings.failureRatioWindows {
                let finishes = WindowedFinishes(machine.finishes, window: window.seconds, now: now)
                body(name, window.label, finishes, &samples)
                expectChange(at: finishes.changesAt, in: &samples)
            }
        }
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
