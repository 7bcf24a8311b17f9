// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling

/// The changes of all series of one connector in a period.
struct ConnectorHistory {
    private struct SectionState {
        /// The inputs of the last computed samples.
        var inputs: HistoryInputs?

        /// When one of them changes without an event; `nil` for never.
        var changesAt: Timestamp?
    }

    /// The time of the first and the last sample, in whole seconds.
    let period: ClosedRange<Int>

    /// The number of events in the period.
    private(set) var events = 0

    /// The number of changes that are not written yet.
    private(set) var changes = 0

    /// The histories in the order of `HistoryFamily.all`.
    private(set) var families: [FamilyHistory]

    /// The states of the sections in the order of `HistorySection.all`.
    private var sections: [SectionState]

    private let settings: FamilySettings

    /// Whether events at the end and after it are part of the last sample.
    private let includesEnd: Bool

    /// Whether the samples at the start were computed.
    private var isStarted = false

    /// Whether the record before the oldest kept event was added.
    private var hasOrigin = false

    /// Prepares the history of a connector.
    ///
    /// It ends with the last complete poll, because later events are unknown. It is `nil` if no poll has completed, or if the
    /// ledger contains nothing of the period.
    ///
    /// - Parameters:
    ///   - record: the connector as the ledger contains it.
    ///   - plan: the period and the settings.
    ///   - now: the current time.
    init?(of record: ConnectorRecord, _ plan: ExportPlan, now: Timestamp) {
        guard record.watermark != nil, let keptSince = record.keptSince, let lastSuccess = record.lastSuccess
        else {
            return nil
        }
        let start = Int(max(plan.since, keptSince, Timestamp(1)).seconds.rounded(.up))
        let end = min(plan.until ?? now, lastSuccess).wholeSeconds
        guard start < end else { return nil }
        period = start...end
        includesEnd = plan.until.map { lastSuccess < $0 } ?? true
        settings = plan.settings
        families = HistoryFamily.all.map { _ in FamilyHistory() }
        sections = HistorySection.all.map { _ in SectionState() }
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
        while let changesAt = evaluate(record, at: time, isLast: next == nil) {
            let later = Int(changesAt.seconds.rounded(.up))
            guard later > time, later < end else { break }
            time = later
        }
        // An operator may have forgotten a tunnel since the last event.
        if next == nil, time < period.upperBound { _ = evaluate(record, at: period.upperBound, isLast: true) }
    }

    /// Removes all changes that were written.
    mutating func removeChanges() {
        for index in families.indices { families[index].removeChanges() }
        changes = 0
    }

    /// Computes the samples that may have changed since the previous time.
    ///
    /// - Parameters:
    ///   - record: the connector.
    ///   - time: after the previous time.
    ///   - isLast: whether all samples are computed.
    /// - Returns: when a sample next changes without an event; `nil` for never.
    private mutating func evaluate(_ record: ConnectorRecord, at time: Int, isLast: Bool) -> Timestamp? {
        let now = Timestamp(time)
        var status: ConnectorStatus?
        var first = 0
        for (index, section) in HistorySection.all.enumerated() {
            defer { first += section.families.count }
            if isStarted, section.inputs == nil { continue }
            let inputs = section.inputs?(record)
            let isDue = sections[index].changesAt.map { $0 <= now } ?? false
            guard !isStarted || isLast || isDue || inputs != sections[index].inputs else { continue }
            let current =
                status
                ?? ConnectorStatus(
                    ConnectorView(record: record, pollSucceeded: nil),
                    newSeries: NewSeriesTracker(),
                    settings: settings,
                    now: now
                )
            status = current
            sections[index] = SectionState(inputs: inputs, changesAt: nil)
            for (family, declared) in zip(first..., section.families) {
                var writer = FamilyWriter(recording: declared.family.definition)
                declared.family.write(current, &writer)
                changes += families[family].set(writer.recorded ?? [], at: self.time(of: declared, at: time))
                guard let changesAt = writer.changesAt else { continue }
                sections[index].changesAt = min(sections[index].changesAt ?? changesAt, changesAt)
            }
        }
        isStarted = true
        return sections.compactMap(\.changesAt).min()
    }

    /// Returns the time from which on the samples of a family show a change.
    ///
    /// The samples of counters contain the events before their time, so the first values are those before the period.
    private func time(of family: HistoryFamily, at time: Int) -> Int {
        family.sampling == .state ? time : min(time, period.upperBound - 1) - (isStarted ? 0 : 1)
    }
}
