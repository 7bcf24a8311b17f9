// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport

/// A Prometheus that never looks away: every scrape must come, be right, and take no count back.
///
/// It scrapes from a thread of its own, several times a second, over a connection that it keeps.
final class SoakScraper: Sendable {
    /// What the thread and the test have in common.
    private final class State: Sendable {
        let storage = Mutex(Storage())
    }

    private struct Storage {
        var port = 0
        var isExcused = true
        /// Changes with every excuse, so that a scrape during which one began or ended is not judged.
        var excuses = 0
        /// Changes with every ledger, since a new one counts anew.
        var ledgers = 0
        var isStopped = false
        var scrapes = 0
        var complaints: [String] = []
    }

    private let state = State()

    /// Families whose values never go back, whatever happens to the process.
    private static let counters = ["events_total{", "rekeys_completed_total{", "rekey_resets_total{"]

    /// Begins; nothing is asked before an excuse has ended.
    init() throws {
        let state = state
        try OwnThread.start { Self.run(state) }
    }

    deinit { state.storage.withLock { $0.isStopped = true } }

    /// From now on the exporter may be silent: it is not there, stopped, or out of descriptors.
    func excuse() {
        state.storage.withLock {
            $0.isExcused = true
            $0.excuses += 1
        }
    }

    /// From now on every scrape counts.
    func expect(port: Int) {
        state.storage.withLock {
            $0.port = port
            $0.isExcused = false
            $0.excuses += 1
        }
    }

    /// From now on counts are those of a new ledger, which imports history again while answers still go wrong: what an
    /// answer leaves out may come with a later poll only.
    func beginAnew() {
        state.storage.withLock { $0.ledgers += 1 }
    }

    /// How many scrapes were right.
    var scrapes: Int { state.storage.withLock { $0.scrapes } }

    /// What was wrong, in words.
    var complaints: [String] { state.storage.withLock { $0.complaints } }

    private static func run(_ state: State) {
        var client: RawHTTPClient?
        var port = 0
        var last: [String: Double] = [:]
        var turn = 0
        var ledger = 0
        while case let (now, isExcused, excuses, ledgers, isStopped) = state.storage.withLock({
            ($0.port, $0.isExcused, $0.excuses, $0.ledgers, $0.isStopped)
        }), !isStopped {
            usleep(150_000)
            if isExcused && client == nil { continue }
            if now != port { client = nil }
            port = now
            turn += 1
            if ledgers != ledger { (ledger, last) = (ledgers, [:]) }
            do {
                let connection = try client ?? RawHTTPClient(port: port, timeoutSeconds: 5)
                client = connection
                let path = turn % 8 == 0 ? "/-/healthy" : "/metrics"
                let reply = try connection.exchange("GET", path)
                let wrong = reply.status == 200 ? nil : "\(path) answered \(reply.status)"
                note(state, wrong ?? (turn % 8 == 0 ? nil : check(reply.text, &last)), excuses)
            } catch {
                client = nil
                note(state, "a scrape failed: \(error)", excuses)
            }
        }
    }

    private static func note(_ state: State, _ complaint: String?, _ excuses: Int) {
        state.storage.withLock { storage in
            if let complaint {
                // What a change of excuse came in the middle of proves nothing.
                guard !storage.isExcused, excuses == storage.excuses else { return }
                if storage.complaints.count < 20 { storage.complaints.append(complaint) }
            } else {
                storage.scrapes += 1
            }
        }
    }

    /// Looks at every line, and compares counters with what they were.
    private static func check(_ text: String, _ last: inout [String: Double]) -> String? {
        guard text.hasSuffix("\n") else { return "a scrape is cut" }
        for line in text.utf8.split(separator: 0x0a) where line.first != 0x23 {
            guard let space = line.lastIndex(of: 0x20), line.startIndex < space,
                let value = Double(Substring(line[line.index(after: space)...]))
            else { return "not a sample: \(Substring(line))" }
            let series = Substring(line[..<space])
            guard counters.contains(where: { series.dropFirst(World.prefix.count).hasPrefix($0) }) else {
                continue
            }
            let before = last.updateValue(value, forKey: String(series)) ?? 0
            if value < before { return "\(series) went back from \(before) to \(value)" }
        }
        return nil
    }
}
