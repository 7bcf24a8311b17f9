// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import Synchronization
import TestSupport

/// A scraper that requires every scrape to arrive, to parse, and never to decrease a counter.
///
/// It scrapes on a thread of its own, several times a second, over a persistent connection.
final class SoakScraper: Sendable {
    /// The state that the thread and the test share.
    private final class State: Sendable {
        let storage = Mutex(Storage())
    }

    private struct Storage {
        var port = 0
        var isSuspended = true
        /// Incremented with every change, so that a scrape during which one began or ended is not judged.
        var changes = 0
        /// Incremented with every new ledger, whose counts begin at 0.
        var ledgers = 0
        var isStopped = false
        var scrapes = 0
        var violations: [String] = []
    }

    private let state = State()

    /// Families whose values never decrease.
    private static let counters = ["events_total{", "rekeys_completed_total{", "rekey_resets_total{"]

    /// Starts the thread; nothing is asked before an suspendChecks has ended.
    init() throws {
        let state = state
        try DetachedThread.start(named: "test") { Self.run(state) }
    }

    deinit { state.storage.withLock { $0.isStopped = true } }

    /// Suspends all checks, because the exporter is not running, stopped or out of descriptors.
    func suspendChecks() {
        state.storage.withLock {
            $0.isSuspended = true
            $0.changes += 1
        }
    }

    /// Resumes the checks.
    func expect(port: Int) {
        state.storage.withLock {
            $0.port = port
            $0.isSuspended = false
            $0.changes += 1
        }
    }

    /// Accepts lower counts once, because a new ledger imports history again.
    func expectNewLedger() {
        state.storage.withLock { $0.ledgers += 1 }
    }

    /// The number of scrapes without a violation.
    var scrapes: Int { state.storage.withLock { $0.scrapes } }

    /// The violations, for the test report.
    var violations: [String] { state.storage.withLock { $0.violations } }

    private static func run(_ state: State) {
        var client: RawHTTPClient?
        var port = 0
        var last: [String: Double] = [:]
        var turn = 0
        var ledger = 0
        while case let (now, isSuspended, changes, ledgers, isStopped) = state.storage.withLock({
            ($0.port, $0.isSuspended, $0.changes, $0.ledgers, $0.isStopped)
        }), !isStopped {
            usleep(150_000)
            if isSuspended && client == nil { continue }
            if now != port { client = nil }
            port = now
            turn += 1
            if ledgers != ledger { (ledger, last) = (ledgers, [:]) }
            do {
                let connection = try client ?? RawHTTPClient(port: port, timeoutSeconds: 5)
                client = connection
                let path = turn % 8 == 0 ? "/-/healthy" : "/metrics"
                let reply = try connection.exchange("GET", path)
                let failure = reply.status == 200 ? nil : "\(path) answered \(reply.status)"
                record(state, failure ?? (turn % 8 == 0 ? nil : check(reply.text, &last)), changes)
            } catch {
                client = nil
                record(state, "a scrape failed: \(error)", changes)
            }
        }
    }

    private static func record(_ state: State, _ violation: String?, _ changes: Int) {
        state.storage.withLock { storage in
            if let violation {
                // What a change of suspendChecks came in the middle of proves nothing.
                guard !storage.isSuspended, changes == storage.changes else { return }
                if storage.violations.count < 20 { storage.violations.append(violation) }
            } else {
                storage.scrapes += 1
            }
        }
    }

    /// Checks every line, and compares counters with their former values.
    private static func check(_ text: String, _ last: inout [String: Double]) -> String? {
        guard text.hasSuffix("\n") else { return "a scrape is truncated" }
        for line in text.utf8.split(separator: 0x0a) where line.first != 0x23 {
            guard let space = line.lastIndex(of: 0x20), line.startIndex < space,
                let value = Double(Substring(line[line.index(after: space)...]))
            else { return "not a sample: \(Substring(line))" }
            let series = Substring(line[..<space])
            guard counters.contains(where: { series.dropFirst(ExporterFixture.prefix.count).hasPrefix($0) })
            else {
                continue
            }
            let before = last.updateValue(value, forKey: String(series)) ?? 0
            if value < before { return "\(series) decreased from \(before) to \(value)" }
        }
        return nil
    }
}
