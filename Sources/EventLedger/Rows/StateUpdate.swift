// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import GRDB

/// The update of a connector's state and watermark at the end of a poll, within one transaction.
struct StateUpdate: Sendable {
    /// The connector after the transaction.
    private(set) var record: ConnectorRecord

    /// The durations that the newly applied events complete.
    private(set) var histograms = AccountHistograms()

    /// The account whose stored histograms are updated; `nil` if history is not observed.
    private let account: Int64?

    /// The seconds without a rekey event after which a tunnel is forgotten.
    private let forgetTunnelsAfter: Int

    private var observed: [EventID] = []
    private var isStateChanged = false
    private var isWatermarkChanged = false

    init(of record: ConnectorRecord, observing account: Int64?, forgettingTunnelsAfter seconds: Int) {
        self.record = record
        self.account = account
        forgetTunnelsAfter = seconds
    }

    /// Whether the account's histograms are updated.
    var isObserved: Bool { account != nil }

    /// Applies the pending events.
    ///
    /// Events that follow the state are applied from memory. Otherwise the state is recomputed from the database, so
    /// that the order of arrival has no effect.
    mutating func applyPending(in db: Database) throws {
        let pending = record.pending?.values.sorted { $0.id < $1.id }
        if let pending, pending.isEmpty { return }
        isStateChanged = true
        if let pending, let first = pending.first, record.state.follows(first.id) {
            for event in pending { apply(event, wasObserved: false) }
        } else {
            try recompute(in: db)
        }
    }

    private mutating func apply(_ event: Event, wasObserved: Bool) {
        let observation = record.state.apply(event, forgettingTunnelsAfter: forgetTunnelsAfter)
        guard let observation, !wasObserved else { return }
        observed.append(event.id)
        histograms.observe(observation)
        if observation == .uncleanRestart { record.uncleanRestarts += 1 }
    }

    private mutating func recompute(in db: Database) throws {
        record.state = try LedgerRows.baseState(of: record.row, in: db)
        let rows = try Row.fetchCursor(
            db,
            sql: LedgerRows.eventsInOrder(where: "event.connector = ? AND event.t >= ?"),
            arguments: [record.row, record.scopeStart ?? Timestamp(0)]
        )
        while let row = try rows.next() { apply(Event(row: row), wasObserved: row["observed"]) }
    }

    /// Moves the watermark to the end of a complete window.
    ///
    /// The watermark may move back, if the clock was ahead at the former poll: a window that reaches into the future
    /// is not complete.
    mutating func complete(_ window: CompletedWindow?) {
        if let window {
            record.watermark = window.until
            record.lastSuccess = window.at
            if window.isRescan { record.rescannedAt = window.until }
        }
        let hasAllPayloads = record.hasAllPayloads || (record.watermark != nil && record.wantedPayloads == 0)
        isWatermarkChanged = window != nil || hasAllPayloads != record.hasAllPayloads
        record.hasAllPayloads = hasAllPayloads
    }

    func write(to db: Database) throws {
        try writeObservations(to: db)
        if isStateChanged {
            let statement = try db.cachedStatement(
                sql: "UPDATE connector SET state = ?, unclean_restarts = ?, unsettled = 0 WHERE id = ?"
            )
            try statement.execute(
                arguments: [try LedgerRows.json(record.state), record.uncleanRestarts, record.row]
            )
        }
        if isWatermarkChanged {
            let statement = try db.cachedStatement(
                sql: """
                    UPDATE connector SET watermark = ?, last_success = ?, rescanned = ?, drained = ?
                    WHERE id = ?
                    """
            )
            try statement.execute(
                arguments: [
                    record.watermark, record.lastSuccess, record.rescannedAt, record.hasAllPayloads,
                    record.row,
                ]
            )
        }
    }

    private func writeObservations(to db: Database) throws {
        guard !observed.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql: "UPDATE event SET observed = 1 WHERE connector = ? AND t = ? AND n = ?"
        )
        for id in observed { try statement.execute(arguments: [record.row, id.t, id.n]) }
        guard let account else { return }
        for name in AccountHistograms.Name.allCases {
            try LedgerRows.add(histograms[name], to: name, account: account, in: db)
        }
    }
}

extension ConnectorRecord {
    /// Applies a committed update.
    ///
    /// Discovery may have changed the other properties.
    mutating func apply(_ update: StateUpdate) {
        state = update.record.state
        uncleanRestarts = update.record.uncleanRestarts
        watermark = update.record.watermark
        rescannedAt = update.record.rescannedAt
        lastSuccess = update.record.lastSuccess
        hasAllPayloads = update.record.hasAllPayloads
        pending = [:]
    }
}
