// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Exposition
import Glibc
import LinuxSystem

/// The subcommand `export openmetrics`: writes the history of the ledger with the times of the events.
///
/// It reads one connector after the other, and stores the changes of each family in a temporary file. Then it writes the
/// samples family by family.
package struct OpenMetricsExport {
    /// What an export contains.
    package struct Summary: Sendable, Hashable, CustomStringConvertible {
        /// The number of events in the period.
        package fileprivate(set) var events = 0

        /// The number of connectors with samples.
        package fileprivate(set) var connectors = 0

        package fileprivate(set) var samples = 0

        /// The size of the output in bytes.
        package fileprivate(set) var bytes = 0

        package var description: String {
            "exported \(events) events of \(connectors) connectors as \(samples) samples in \(bytes) bytes"
        }
    }

    /// The number of changes in memory after which they are written to the temporary files: 16 MB.
    private static let maxChanges = 1 << 20

    /// The number of events between two calls of the progress.
    private static let eventsPerProgress = 4096

    private let plan: ExportPlan
    private let storagePath: String
    private let clock = SystemClock()
    private let now: Timestamp
    private var progress: ExportProgress
    private var summary = Summary()

    /// Prepares an export.
    ///
    /// - Parameter options: the options.
    /// - Throws: an error that names the option, or an error of the configuration.
    package init(_ options: ExportOptions) throws {
        now = Timestamp(clock.secondsSinceEpoch())
        plan = try ExportPlan(options, now: now)
        storagePath = options.storagePath
        progress = ExportProgress(clock: clock)
    }

    /// Writes the history.
    ///
    /// It blocks on the disk.
    ///
    /// - Parameters:
    ///   - path: the file; `nil` or `-` for the standard output.
    ///   - temporaryDirectory: the directory for temporary files.
    /// - Returns: what was written.
    /// - Throws: an error with the object, the problem and the remedy.
    package mutating func run(to path: String?, temporaryDirectory: String) throws -> Summary {
        defer { progress.erase() }
        summary = Summary()
        let history = try EventHistory(directory: storagePath)
        let records = try selected(try history.connectors())
        let output = try CommandOutput(path: path)
        let spools = try HistoryFamily.all.map { _ in try HistorySpool(directory: temporaryDirectory) }
        var connectors: [FamilyExport.Connector] = []
        for (index, record) in records.enumerated() {
            guard
                let period = try read(
                    record,
                    number: connectors.count,
                    of: history,
                    into: spools,
                    index,
                    records.count
                )
            else { continue }
            connectors.append(FamilyExport.Connector(key: record.key, period: period))
        }
        summary.connectors = connectors.count
        for (family, spool) in zip(HistoryFamily.all, spools) {
            try spool.rewind()
            var export = FamilyExport(family, of: connectors, plan)
            try export.write(spool, to: output) {
                progress.show { _ in "writing \(family.family.definition.name): \(output.size >> 20) MiB" }
            }
            summary.samples += export.samples
        }
        try output.write(ExpositionFormat.openMetrics100.terminator)
        try output.flush()
        summary.bytes = output.size
        return summary
    }

    /// Returns the connectors that the options select.
    private func selected(_ records: [ConnectorRecord]) throws(CommandError) -> [ConnectorRecord] {
        for account in plan.accounts.sorted() where !records.contains(where: { $0.key.account == account }) {
            throw CommandError(option: "account", account, "is not in the ledger; use the id of an account")
        }
        for connector in plan.connectors.sorted()
        where !records.contains(where: { $0.key.connector == connector }) {
            throw CommandError(
                option: "connector",
                connector,
                "is not in the ledger; use the id of a connector"
            )
        }
        return records.filter {
            (plan.accounts.isEmpty || plan.accounts.contains($0.key.account))
                && (plan.connectors.isEmpty || plan.connectors.contains($0.key.connector))
        }
    }

    /// Reads the history of a connector.
    ///
    /// - Returns: the period of its samples; `nil` if it has none.
    private mutating func read(
        _ record: ConnectorRecord,
        number: Int,
        of history: EventHistory,
        into spools: [HistorySpool],
        _ index: Int,
        _ count: Int
    ) throws -> ClosedRange<Int>? {
        guard var connector = ConnectorHistory(of: record, plan, now: now) else { return nil }
        var calls = 0
        try ConnectorReplay.run(
            of: record.key,
            in: history,
            forgettingTunnelsAfter: plan.settings.forgetTunnelsAfter,
            collectedUntil: plan.until
        ) { record, next in
            connector.add(record, next: next)
            if connector.changes >= Self.maxChanges { try Self.write(&connector, number, into: spools) }
            calls += 1
            if calls % Self.eventsPerProgress == 0 {
                let events = summary.events + connector.events
                progress.show { seconds in
                    let rate = Int(Double(events) / max(seconds, 0.001))
                    return "reading connector \(index + 1) of \(count): \(events) events, \(rate) events/s"
                }
            }
        }
        try Self.write(&connector, number, into: spools)
        summary.events += connector.events
        return connector.period
    }

    /// Moves the changes from memory to the temporary files.
    private static func write(
        _ connector: inout ConnectorHistory,
        _ number: Int,
        into spools: [HistorySpool]
    ) throws(CommandError) {
        for (family, spool) in zip(connector.families, spools) {
            for (index, series) in family.series.enumerated()
            where !series.changes.isEmpty || !series.isContinued {
                try spool.append(series, number: index, connector: number)
            }
        }
        connector.removeChanges()
    }
}
