// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling

/// The changes of all series of one connector in a period.
struct ConnectorHistory {
    /// The time of the first and the last sample, in whole seconds.
    let period: ClosedRange<Int>

    /// The number of events in the period.
    private(set) var events = 0

    /// The number of changes that are not written yet.
    private(set) var changes = 0

    /// The histories in the order of `HistoryFamily.all`.
    private(set) var families: [FamilyHistory]

    private let settings: FamilySettings

    /// Whether events at the end and after it are part of the last sample.
    private let includesEnd: Bool

    /// Whether the samples at the start were computed.
    private var isStarted = false

    /// Whether the record before the oldest kept event was added.
    private var hasOrigin = false

    /// Prepares the history of a connector.
    ///
    /// It ends with the last complete poll, because later events are unknown.
    ///
    /// - Parameters:
    ///   - record: the connector as the ledger contains it.
    ///   - plan: the period and the settings.
    ///   - now: the current time.
    /// - Returns: `nil` if no poll has completed, or if the ledger contains nothing of the period.
    init?(of record: ConnectorRecord, _ plan: ExportPlan, now: Timestamp) {
        guard record.watermark != nil, let keptSince = record.keptSince, let lastSuccess = record.lastSuccess else {
            return nil
        }
        let start = Int(max(plan.since, keptSince, Timestamp(1)).seconds.rounded(.up))
        let end = min(plan.until ?? now, lastSuccess).wholeSeconds
        guard start < end else { return nil }
        period = start...end
        includesEnd = plan.until.map { lastSuccess < $0 } ?? true
        settings = plan.settings
        families = HistoryFamily.all.map { _ in FamilyHistory() }
    }

    /// Adds the time from one event to the next.
    ///
    /// - Parameters:
    ///   - record: the connector after the event.
    ///   - next: the time of the next event; `nil` after the last one.
    mutating func add(_ record: ConnectorRecord, next: Timestamp?) {
        let newest = record.state.newest?.time.wholeSeconds ?? 0
        let next = next?.wholeSeconds
        if hasOrigin, newest >= period.lowerBound, includesEnd || newest < period.upperBound { events += 1 }
        hasOrigin = true
        // Only the last state of a second remains.
        if let next, next < period.lowerBound || next == newest { return }
        guard includesEnd || newest < period.upperBound || !isStarted else { return }
        var time = min(max(newest, period.lowerBound), period.upperBound)
        let end = min(next ?? .max, period.upperBound + 1)
        while true {
            let changesAt = evaluate(record, at: time)
            guard let changesAt, case let later = Int(changesAt.seconds.rounded(.up)), later > time, later < end else {
                return
            }
            time = later
        }
    }

    /// Removes all changes that were written.
    mutating func removeChanges() {
        for index in families.indices { families[index].removeChanges() }
        changes = 0
    }

    /// Computes the samples at a time.
    ///
    /// - Returns: when a sample next changes without an event; `nil` for never.
    private mutating func evaluate(_ record: ConnectorRecord, at time: Int) -> Timestamp? {
        let status = ConnectorStatus(
            ConnectorView(record: record, pollSucceeded: nil),
            newSeries: NewSeriesTracker(),
            settings: settings,
            now: Timestamp(time)
        )
        var changesAt: Timestamp?
        for (index, family) in HistoryFamily.all.enumerated() {
            if isStarted, family.sampling == .constant { continue }
            var writer = FamilyWriter(recording: family.family.definition)
            family.family.write(status, &writer)
            // The samples of counters contain the events before their time: the first values are those before the period.
            let first = family.sampling == .state ? time : min(time, period.upperBound - 1) - (isStarted ? 0 : 1)
            changes += families[index].set(writer.recorded ?? [], at: first)
            if let time = writer.changesAt { changesAt = min(changesAt ?? time, time) }
        }
        isStarted = true
        return changesAt
    }
}
