// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Exposition
import Polling

/// The sample lines of one connector at one moment, and when they change by themselves.
struct ConnectorFamilies {
    /// The lines of the families of `MetricCatalogue.ofConnectors`, by column.
    let lines: [[UInt8]]

    /// The next moment at which a line changes with no new event, in seconds since the Unix epoch.
    let changesAt: Double?

    /// Writes all lines.
    ///
    /// - Parameters:
    ///   - view: the connector; before its first complete poll only its inventory and that poll's failure are
    ///     shown.
    ///   - births: series that still show 0.
    ///   - settings: when work is stuck, and the windows of the failure ratio.
    ///   - columns: where the lines stand.
    ///   - now: in seconds since the Unix epoch.
    init(
        _ view: ConnectorView,
        births: NewSeriesTracker,
        settings: FamilySettings,
        columns: FamilyColumns,
        now: Double
    ) {
        let key = view.record.key
        var writer = Writer(
            families: FamilyWriter(
                columns,
                labels: [
                    Label(name: "account_id", value: key.account),
                    Label(name: "connector_id", value: key.connector),
                ],
                created: view.record.countedSince.map(Double.init)
            ),
            births: births,
            settings: settings,
            now: now
        )
        writer.writeInventory(view.record.inventory)
        if let succeeded = view.pollSucceeded {
            writer.families.append(MetricCatalogue.pollSuccess, [], succeeded)
        }
        if let watermark = view.record.watermark {
            writer.writeEvents(view.record.tallies)
            for operation in Operation.allCases {
                writer.write(operation, view.record.state[operation])
            }
            for (tunnel, machine) in view.record.state.rekeys.sorted(by: { $0.key < $1.key }) {
                writer.write(machine, tunnel: tunnel, withCounters: view.record.hasAllPayloads)
            }
            writer.writeAgent(view.record.state.agent, uncleanRestarts: view.record.uncleanRestarts)
            writer.families.append(MetricCatalogue.completeUntil, [], watermark)
            if let lastSuccess = view.record.lastSuccess {
                writer.families.append(MetricCatalogue.lastSuccessfulPoll, [], lastSuccess)
            }
        }
        lines = writer.families.lines
        changesAt = writer.changesAt
    }
}

/// Writes the families, and remembers when what it writes stops being true.
private struct Writer {
    var families: FamilyWriter
    let births: NewSeriesTracker
    let settings: FamilySettings
    let now: Double
    var changesAt: Double?

    init(families: FamilyWriter, births: NewSeriesTracker, settings: FamilySettings, now: Double) {
        self.families = families
        self.births = births
        self.settings = settings
        self.now = now
    }

    private mutating func expectChange(at moment: Double) {
        if moment > now { changesAt = min(changesAt ?? moment, moment) }
    }

    mutating func writeInventory(_ inventory: Connector) {
        families.append(
            MetricCatalogue.info,
            [
                Label(name: "device_id", value: inventory.deviceID ?? ""),
                Label(name: "serial_number", value: inventory.serialNumber ?? ""),
                Label(name: "device_type", value: inventory.deviceType ?? ""),
                Label(name: "site_id", value: inventory.siteID ?? ""),
                Label(name: "version", value: inventory.version ?? ""),
            ],
            1
        )
        if let isActivated = inventory.isActivated {
            families.append(MetricCatalogue.activated, [], isActivated)
        }
        if let isPrimary = inventory.isPrimary { families.append(MetricCatalogue.primary, [], isPrimary) }
        if let heartbeat = inventory.lastHeartbeat {
            families.append(MetricCatalogue.lastHeartbeat, [], heartbeat)
        }
    }

    mutating func writeEvents(_ tallies: [EventKind: KindTally]) {
        let others = tallies.keys.filter { !$0.isDocumented }.sorted()
        for kind in EventKind.documented + others {
            let label = [Label(name: "kind", value: kind.rawValue)]
            let count = births.isYoung(.events(kind)) ? 0 : tallies[kind]?.count ?? 0
            families.append(MetricCatalogue.events, label, count)
            if let newest = tallies[kind]?.newest {
                families.append(MetricCatalogue.lastEvent, label, newest)
            }
        }
    }

    mutating func write(_ operation: Operation, _ machine: OperationMachine) {
        let label = Label(name: "operation", value: operation.rawValue)
        for window in settings.failureRatioWindows {
            let ratio = FailureRatio(machine.finishes, window: window.seconds, now: now)
            if let value = ratio.value {
                families.append(
                    MetricCatalogue.failureRatio,
                    [label, Label(name: "window", value: window.label)],
                    value
                )
            }
            if let change = ratio.changesAt { expectChange(at: Double(change)) }
        }
        families.append(MetricCatalogue.consecutiveFailures, [label], machine.consecutiveFailures)
        families.append(MetricCatalogue.operationInProgress, [label], machine.openSince != nil)
        if let start = machine.newestStart { families.append(MetricCatalogue.operationStart, [label], start) }
        let moment = machine.becomesStuckAt(after: settings.stuckAfter[operation])
        families.append(MetricCatalogue.operationStuck, [label], isPast(moment))
    }

    mutating func write(_ machine: RekeyMachine, tunnel: String, withCounters: Bool) {
        let label = Label(name: "tunnel_id", value: tunnel)
        for phase in RekeyPhase.allCases {
            families.append(
                MetricCatalogue.rekeyPhase,
                [label, Label(name: "phase", value: phase.rawValue)],
                phase == machine.phase
            )
        }
        families.append(MetricCatalogue.rekeyPhaseStart, [label], machine.phaseStart)
        let moment = machine.becomesStuckAt(after: settings.stuckAfter.rekey)
        families.append(MetricCatalogue.rekeyStuck, [label], isPast(moment))
        guard withCounters else { return }
        let isYoung = births.isYoung(.rekeys(tunnel: tunnel))
        families.append(MetricCatalogue.rekeysCompleted, [label], isYoung ? 0 : machine.completed)
        families.append(MetricCatalogue.rekeyResets, [label], isYoung ? 0 : machine.resets)
    }

    /// Whether a stuck moment has come; one that has not is a change to wait for.
    private mutating func isPast(_ moment: Int?) -> Bool {
        guard let moment else { return false }
        expectChange(at: Double(moment))
        return Double(moment) <= now
    }

    mutating func writeAgent(_ agent: AgentState, uncleanRestarts: Int) {
        if let isRunning = agent.isRunning { families.append(MetricCatalogue.agentRunning, [], isRunning) }
        families.append(MetricCatalogue.agentUncleanRestarts, [], uncleanRestarts)
    }
}
