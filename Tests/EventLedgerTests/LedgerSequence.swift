// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Foundation
import TestSupport

/// A random sequence of all that can be done with a ledger and all that can happen to it, beside a plain list.
///
/// Lists and ledgers of two accounts with a connector each; only in exit tests, as it takes the disk away.
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

    /// The lists as a killed process would find them.
    private var durable: [ListModel]
    private var isDiskFull = false
    private var log: [String] = []

    init(seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        // Thousands of small files: in memory where there is such a place.
        directory = try TemporaryDirectory(fast: true)
        path = directory.file("data")
        subjects = (0...1).map { index in
            let key = ConnectorKey(account: String(repeating: "\(index)", count: 32), connector: "c\(index)")
            return Subject(key: key, fixture: LedgerFixture(count: 60, seed: seed &* 2 &+ UInt64(index)))
        }
        durable = subjects.map(\.model)
    }

    /// Runs the sequence.
    ///
    /// - Returns: what went wrong, with the steps before it; `nil` where nothing did.
    mutating func run(steps: Int) async throws -> String? {
        defer { FullDisk.end() }
        try await open()
        for step in 0..<steps {
            try await take()
            if !isDiskFull { durable = subjects.map(\.model) }
            if let difference = difference() {
                return "step \(step), after \(log.suffix(20).joined(separator: ", ")): \(difference)"
            }
        }
        FullDisk.end()
        guard await ledger?.flush() == true else { return "the disk is back, and not everything is written" }
        isDiskFull = false
        try await restart()
        return difference().map { "after the end: \($0)" }
    }

    private mutating func take() async throws {
        let index = Int.random(in: subjects.indices, using: &random)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<40: try await ingest(index)
        case 40..<55: try await keep(index)
        case 55..<75: try await settle(index)
        case 75..<80: try await forget(index)
        case 80..<84: try await discover(index)
        case 84..<89: fillDisk()
        case 89..<94: try await emptyDisk()
        case 94..<96: try await kill()
        case 96..<98: if !isDiskFull { try await restart() }
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

    // MARK: - What polls do

    private mutating func ingest(_ index: Int) async throws {
        let events = subjects[index].fixture.events
        let start = Int.random(in: events.indices, using: &random)
        var page = Array(events[start..<min(events.count, start + Int.random(in: 1...15, using: &random))])
        let isLatest = Int.random(in: 0..<4, using: &random) == 0
        if isLatest { page = page.map { IncomingEvent(id: $0.id, kind: $0.kind, collectedAt: nil) } }
        page += page.prefix(2)
        page.shuffle(using: &random)
        log.append("ingest \(page.count) of \(index)")
        subjects[index].model.ingest(page)
        _ = try await ledger?.ingest(page, of: subjects[index].key, isLatest: isLatest)
    }

    private mutating func keep(_ index: Int) async throws {
        let payloads = Array(subjects[index].fixture.payloads.shuffled(using: &random).prefix(6))
        log.append("keep \(payloads.count) of \(index)")
        subjects[index].model.keep(payloads)
        _ = try await ledger?.keep(payloads, of: subjects[index].key)
    }

    private mutating func settle(_ index: Int) async throws {
        var completion: CompletedWindow?
        if Bool.random(using: &random) {
            let until = Int.random(in: 1_700_000_000...1_700_020_000, using: &random)
            completion = CompletedWindow(until: until, at: 1, isRescan: Bool.random(using: &random))
        }
        log.append("settle \(index)")
        subjects[index].model.settle(completing: completion)
        _ = try await ledger?.settle(subjects[index].key, completing: completion)
    }

    private mutating func forget(_ index: Int) async throws {
        let floor = subjects[index].fixture.events.randomElement(using: &random)?.id.t ?? 0
        let before = subjects[index].model.scopeStart
        try await ledger?.forgetEvents(of: subjects[index].key, before: floor)
        // Where it may not forget now, the floor stays.
        if let now = ledger?.connector(subjects[index].key)?.scopeStart, now != before {
            log.append("forget \(index)")
            subjects[index].model.forget(before: floor)
        }
    }

    private mutating func discover(_ index: Int) async throws {
        let key = subjects[index].key
        let extra = "x\(Int.random(in: 0..<5, using: &random))"
        let shown = Bool.random(using: &random) ? [key.connector: Connector(), extra: Connector()] : [:]
        log.append("discover \(index)")
        _ = try await ledger?.recordDiscovery(of: key.account, showing: shown)
    }

    // MARK: - What happens to it

    private mutating func fillDisk() {
        guard !isDiskFull else { return }
        log.append("full disk")
        isDiskFull = true
        FullDisk.begin()
    }

    private mutating func emptyDisk() async throws {
        guard isDiskFull else { return }
        if Bool.random(using: &random) {
            log.append("try the full disk")
            _ = await ledger?.flush()
            return
        }
        log.append("empty disk")
        FullDisk.end()
        isDiskFull = false
        guard await ledger?.flush() == true else {
            log.append("NOT WRITTEN")
            return
        }
    }

    /// A process that ends without a word: nothing that waits in memory is written.
    private mutating func kill() async throws {
        log.append("kill")
        ledger = nil
        FullDisk.end()
        isDiskFull = false
        for index in subjects.indices { subjects[index].model = durable[index] }
        try await open()
    }

    private mutating func restart() async throws {
        log.append("restart")
        ledger = nil
        try await open()
    }

    private mutating func deletePath() async throws {
        guard !isDiskFull else { return }
        log.append("delete path")
        try FileManager.default.removeItem(atPath: path)
        try await settle(0)
        subjects[0].model.settle(completing: CompletedWindow(until: 5, at: 5, isRescan: false))
        _ = try await ledger?.settle(
            subjects[0].key,
            completing: CompletedWindow(until: 5, at: 5, isRescan: false)
        )
    }

    private mutating func open() async throws {
        let opened = try await LedgerFixture.openAgain(path, retryAfter: 1_000_000)
        for subject in subjects where opened.connector(subject.key) == nil {
            let shown = [subject.key.connector: Connector()]
            _ = try await opened.recordDiscovery(of: subject.key.account, showing: shown)
            _ = try await opened.setScopeStart(of: subject.key, from: 0)
        }
        ledger = opened
        for index in subjects.indices { subjects[index].model.restart() }
    }
}
