// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import LinuxSystem
import Polling

/// The connectors and accounts whose series are exposed, with their lines.
struct ExposedFleet {
    private struct ExposedConnector {
        var view: ConnectorView
        var newSeries = NewSeriesTracker()
    }

    private var builder: BodyBuilder
    private var settings: FamilySettings
    private var connectors: [ConnectorKey: ExposedConnector] = [:]
    private var snapshots: [ConnectorKey: SnapshotView] = [:]
    private var accounts: [String: AccountView] = [:]

    /// The configuration since the newest reload; `nil` before, if every connector is selected.
    private var plan: PollingPlan?

    private var pending: Set<ConnectorKey> = []

    /// When lines change without a new event.
    private var changes: [ConnectorKey: Timestamp] = [:]

    /// When snapshots become too old.
    private var snapshotChanges: [ConnectorKey: Timestamp] = [:]

    /// Creates a fleet without connectors.
    init(settings: FamilySettings, builder: BodyBuilder) {
        self.settings = settings
        self.builder = builder
    }

    /// Whether any line has changed since the previous body.
    var hasChanges: Bool { builder.hasChanges }

    /// Whether series wait for a scrape before they show their count.
    var hasPendingSeries: Bool { !pending.isEmpty }

    /// Returns the seconds until a line changes without a new event, or infinity.
    func secondsToNextChange(at now: Timestamp, _ uptime: Uptime) -> Double {
        let times = [changes.values.min(), snapshotChanges.values.min()].compactMap(\.self)
        let change = times.min().map { $0 - now } ?? .infinity
        let deadline = pending.compactMap { connectors[$0]?.newSeries.nextDeadline }.min()
        return min(change, deadline.map { $0 - uptime } ?? .infinity)
    }

    /// Applies updates to the lines.
    mutating func apply(_ updates: PublisherInbox.Updates, at now: Timestamp, _ uptime: Uptime) {
        if let plan = updates.plan { removeAll(except: plan) }
        for key in updates.removed { remove(key) }
        // A poller that a reload stops may still report connectors that the new configuration does not select.
        for view in updates.accounts.values where plan?.selects(account: view.account) ?? true {
            update(view)
        }
        for view in updates.connectors.values where plan?.selects(view.record.key) ?? true {
            update(view, at: now, uptime)
        }
        let readsSnapshots = plan?.configuration.snapshots.isEnabled ?? true
        for view in updates.snapshots.values where readsSnapshots && connectors[view.key] != nil {
            snapshots[view.key] = view
            writeSnapshot(view.key, at: now)
        }
        if let changed = updates.plan?.familySettings, changed != settings {
            settings = changed
            for key in connectors.keys { write(key, at: now) }
            for key in snapshots.keys { writeSnapshot(key, at: now) }
        }
    }

    /// Makes pending series visible that all regular scrapers have received as 0, or whose deadline has passed.
    mutating func promoteSeries(received generation: Int, at now: Timestamp, _ uptime: Uptime) {
        for key in pending
        where connectors[key]?.newSeries.promote(received: generation, at: uptime) == true {
            if connectors[key]?.newSeries.nextDeadline == nil { pending.remove(key) }
            write(key, at: now)
        }
    }

    /// Rewrites the lines that have changed without a new event.
    mutating func rewriteExpectedChanges(at now: Timestamp) {
        for (key, time) in changes where time <= now { write(key, at: now) }
        for (key, time) in snapshotChanges where time <= now { writeSnapshot(key, at: now) }
    }

    /// Replaces the lines of the exporter itself.
    mutating func update(_ status: ExporterStatus) {
        builder.setExporter(builder.exporterFamilies.lines(of: status).columns)
    }

    /// Builds a body from all lines.
    mutating func body(generation: Int) -> PublishedBody {
        for key in pending { connectors[key]?.newSeries.recordBody(generation) }
        return builder.body(generation: generation)
    }

    /// The accounts, ordered by identifier.
    var accountViews: [AccountView] { accounts.values.sorted { $0.account < $1.account } }

    /// Returns all connectors and accounts.
    func snapshot(at now: Timestamp) -> FleetSnapshot {
        FleetSnapshot(
            connectors: connectors.values.map(\.view),
            accounts: accountViews,
            settings: settings,
            now: now
        )
    }

    private mutating func removeAll(except plan: PollingPlan) {
        self.plan = plan
        for key in connectors.keys where !plan.selects(key) { remove(key) }
        if !plan.configuration.snapshots.isEnabled {
            for key in snapshots.keys { removeSnapshot(key) }
        }
        for account in accounts.keys where !plan.selects(account: account) {
            accounts[account] = nil
            builder.remove(account: account)
        }
    }

    private mutating func remove(_ key: ConnectorKey) {
        guard connectors.removeValue(forKey: key) != nil else { return }
        pending.remove(key)
        changes[key] = nil
        builder.remove(connector: key)
        removeSnapshot(key)
    }

    private mutating func removeSnapshot(_ key: ConnectorKey) {
        snapshots[key] = nil
        snapshotChanges[key] = nil
        builder.remove(snapshot: key)
    }

    private mutating func update(_ view: AccountView) {
        accounts[view.account] = view
        let lines = builder.accountFamilies.lines(of: AccountStatus(view: view))
        builder.set(lines.columns, ofAccount: view.account)
    }

    private mutating func update(_ view: ConnectorView, at now: Timestamp, _ uptime: Uptime) {
        let key = view.record.key
        var connector = connectors[key] ?? ExposedConnector(view: view)
        // After a reload, a new poller does not have the result of the last poll. The exposed one is still valid.
        let succeeded = view.pollSucceeded ?? connector.view.pollSucceeded
        connector.view = ConnectorView(record: view.record, pollSucceeded: succeeded)
        if view.record.watermark != nil {
            let tunnels = view.record.state.tunnels(forgettingAfter: settings.forgetTunnelsAfter, at: now)
            connector.newSeries.add(
                kinds: Array(view.record.tallies.keys),
                tunnels: view.record.hasAllPayloads ? Array(tunnels.keys) : nil,
                at: uptime
            )
        }
        connectors[key] = connector
        if connector.newSeries.nextDeadline != nil { pending.insert(key) }
        write(key, at: now)
    }

    private mutating func write(_ key: ConnectorKey, at now: Timestamp) {
        guard let connector = connectors[key] else { return }
        let status = ConnectorStatus(
            connector.view,
            newSeries: connector.newSeries,
            settings: settings,
            now: now
        )
        let lines = builder.connectorFamilies.lines(of: status)
        changes[key] = lines.changesAt
        builder.set(lines.columns, ofConnector: key)
    }

    private mutating func writeSnapshot(_ key: ConnectorKey, at now: Timestamp) {
        guard let view = snapshots[key] else { return }
        let lines = builder.snapshotFamilies.lines(
            of: SnapshotStatus(view: view, settings: settings, now: now)
        )
        snapshotChanges[key] = lines.changesAt
        builder.set(lines.columns, ofSnapshot: key)
    }
}
