// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Foundation
import TestSupport

/// A random sequence of ledger operations and disruptions, compared with `ListModel` after every step.
///
/// It uses two accounts with one connector each. Run it in exit tests only, because it limits file sizes.
struct LedgerSequence {
    private struct Subject {
        let key: ConnectorKey
        let fixture: LedgerFixture
        var model = ListModel()
    }

    private var random: SeededRandom
    private let directory: TemporaryDirectory
    private let path: String
    private var ledger: EventLedger?
    private var subjects: [Subject]

    private var isDiskFull = false
    private var log: [String] = []

    init(seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        // Thousands of small files are faster in memory.
        directory = try TemporaryDirectory(fast: true)
        path = directory.file("data")
        subjects = (0...1).map { index in
            let key = ConnectorKey(account: String(repeating: "\(index)", count: 32), connector: "c\(index)")
            return Subject(key: key, fixture: LedgerFixture(count: 60, seed: seed &* 2 &+ UInt64(index)))
        }
    }

    /// Runs the sequence.
    ///
    /// - Returns: the first difference with the steps before it; `nil` if all match.
    mutating func run(steps: Int) async throws -> String? {
        defer { FullDisk.end() }
        try await open()
        for step in 0..<steps {
            try await performRandomStep()
            if let difference = difference() {
                return "step \(step), after \(log.suffix(20).joined(separator: ", ")): \(difference)"
            }
        }
        emptyDisk()
        try await reopen("restart")
        return difference().map { "after the end: \($0)" }
    }

    private mutating func performRandomStep() async throws {
        let index = Int.random(in: subjects.indices, using: &random)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<40: try await ingest(index)
        case 40..<55: try await savePayloads(index)
        case 55..<75: try await updateState(index)
        case 75..<80: try await forget(index)
        case 80..<84: try await discover(index)
        case 84..<89: fillDisk()
        case 89..<95: emptyDisk()
        case 95..<98: try await reopen("restart")
        default: try await deletePath()
        }
    }

    private func difference() -> String? {
        for subject in subjects {
            guard let record = ledger?.connector(subject.key), let ledger else { return "no record" }
            let histograms = ledger.histograms(of: subject.key.account)
            if let first = subject.model.differences(from: record, histograms).first {
                return "\(subject.key.connector): \(first)"
            }
        }
        return nil
    }

    // MARK: - Operations

    /// Runs an operation.
    ///
    /// On a full disk it must change both the ledger and the model, or neither.
    private mutating func perform(
        _ name: String,
        _ index: Int,
        _ operation: (EventLedger, ConnectorKey) async throws -> Void,
        model change: (inout ListModel) -> Void
    ) async throws {
        guard let ledger else { return }
        do {
            try await operation(ledger, subjects[index].key)
            log.append("\(name) \(index)")
            change(&subjects[index].model)
        } catch {
            guard isDiskFull else { throw error }
            log.append("\(name) \(index) failed")
        }
    }

    private mutating func ingest(_ index: Int) async throws {
        let events = subjects[index].fixture.events
        let start = Int.random(in: events.indices, using: &random)
        var page = Array(events[start..<min(events.count, start + Int.random(in: 1...15, using: &random))])
        let isLatest = Int.random(in: 0..<4, using: &random) == 0
        if isLatest {
            page = page.map { IncomingEvent(id: $0.id, kind: $0.kind, collectedAt: nil) }
        }
        page += page.prefix(2)
        page.shuffle(using: &random)
        let shuffled = page
        try await perform("ingest \(page.count) of", index) { ledger, key in
            _ = try await ledger.ingest(shuffled, of: key, isLatest: isLatest)
        } model: {
            $0.ingest(shuffled)
        }
    }

    private mutating func savePayloads(_ index: Int) async throws {
        let payloads = Array(subjects[index].fixture.payloads.shuffled(using: &random).prefix(6))
        try await perform("save \(payloads.count) payloads of", index) { ledger, key in
            _ = try await ledger.savePayloads(payloads, of: key)
        } model: {
            $0.savePayloads(payloads)
        }
    }

    private mutating func updateState(_ index: Int) async throws {
        var window: CompletedWindow?
        if Bool.random(using: &random) {
            let until = Int.random(in: 1_700_000_000...1_700_020_000, using: &random)
            window = CompletedWindow(until: Timestamp(until), at: 1, isRescan: Bool.random(using: &random))
        }
        let completed = window
        try await perform("update state of", index) { ledger, key in
            _ = try await ledger.updateState(of: key, completing: completed)
        } model: {
            $0.updateState(completing: completed)
        }
    }

    private mutating func forget(_ index: Int) async throws {
        let start = subjects[index].fixture.events.randomElement(using: &random)?.id.time ?? 0
        let before = subjects[index].model.scopeStart
        try await perform("forget", index) { ledger, key in
            try await ledger.forgetEvents(of: key, before: start)
        } model: { _ in
        }
        // The ledger does nothing if events are pending.
        if let now = ledger?.connector(subjects[index].key)?.scopeStart, now != before {
            subjects[index].model.forget(before: start)
        }
    }

    private mutating func discover(_ index: Int) async throws {
        let extra = "x\(Int.random(in: 0..<5, using: &random))"
        let isListed = Bool.random(using: &random)
        try await perform("discover", index) { ledger, key in
            let listed = isListed ? [key.connector: Connector(), extra: Connector()] : [:]
            _ = try await ledger.recordDiscovery(of: key.account, showing: listed)
        } model: { _ in
        }
    }

    // MARK: - Disruptions

    private mutating func fillDisk() {
        guard !isDiskFull else { return }
        log.append("full disk")
        isDiskFull = true
        FullDisk.begin()
    }

    private mutating func emptyDisk() {
        guard isDiskFull else { return }
        log.append("empty disk")
        FullDisk.end()
        isDiskFull = false
    }

    /// Opens the ledger again, as after a crash: nothing is written at the end of a ledger.
    private mutating func reopen(_ reason: String) async throws {
        emptyDisk()
        log.append(reason)
        ledger = nil
        try await open()
    }

    /// Deletes the path.
    ///
    /// Every write fails until the ledger is opened again, and counts begin at 0 then.
    private mutating func deletePath() async throws {
        guard !isDiskFull else { return }
        try FileManager.default.removeItem(atPath: path)
        do {
            let window = CompletedWindow(until: 5, at: 5, isRescan: false)
            _ = try await ledger?.updateState(of: subjects[0].key, completing: window)
            log.append("WRITTEN TO A DELETED PATH")
            subjects[0].model.updateState(completing: nil)
        } catch {
            for index in subjects.indices { subjects[index].model = ListModel() }
        }
        try await reopen("delete path")
    }

    private mutating func open() async throws {
        let opened = try await LedgerFixture.reopen(path)
        for subject in subjects where opened.connector(subject.key) == nil {
            let listed = [subject.key.connector: Connector()]
            _ = try await opened.recordDiscovery(of: subject.key.account, showing: listed)
            _ = try await opened.setScopeStart(of: subject.key, from: 0)
        }
        ledger = opened
        for index in subjects.indices { subjects[index].model.restart() }
    }
}
