// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Testing
import TestSupport

/// Random events of one connector as the API returns them, and the expected counts and state.
struct LedgerFixture: Sendable {
    static let account = "0123456789abcdef0123456789abcdef"
    static let key = ConnectorKey(account: account, connector: "c0")

    /// Short, so that random events include tunnels that are forgotten.
    static let forgetTunnelsAfter = 20_000

    let events: [IncomingEvent]
    let payloads: [EventPayload]

    init(count: Int, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var t = 1_700_000_000
        var events: [IncomingEvent] = []
        var payloads: [EventPayload] = []
        for index in 0..<count {
            t += Int.random(in: 0...2, using: &random) * Int.random(in: 1...300, using: &random)
            let id = EventID(t: t, n: index % 7 + (index / 7) * 7)
            let documented = EventKind.documented.randomElement(using: &random) ?? .leave
            let isUnknown = Int.random(in: 0..<15, using: &random) == 0
            let kind = isUnknown ? "New\(Int.random(in: 0..<3, using: &random))" : documented.rawValue
            let delay = Int.random(in: 0...600, using: &random)
            events.append(IncomingEvent(id: id, kind: kind, collectedAt: Timestamp(t + delay)))
            if EventKind(rawValue: kind).hasPayload {
                let tunnel = "tunnel-\(Int.random(in: 0..<3, using: &random))"
                payloads.append(EventPayload(id: id, tunnelID: tunnel, url: nil, version: "2026.2.0"))
            }
        }
        self.events = events
        self.payloads = payloads
    }

    /// The expected counts by kind.
    var counts: [String: Int] {
        Dictionary(events.map { ($0.kind, 1) }, uniquingKeysWith: +)
    }

    /// The expected newest time by kind.
    var newest: [String: Timestamp] {
        Dictionary(events.map { ($0.kind, $0.id.time) }, uniquingKeysWith: max)
    }

    /// The expected state after all events, with their tunnels.
    var state: ConnectorState {
        let tunnels = Dictionary(uniqueKeysWithValues: payloads.map { ($0.id, $0.tunnelID) })
        var state = ConnectorState()
        for event in events.sorted(by: { $0.id < $1.id }) {
            let tunnel = tunnels[event.id].flatMap(\.self)
            _ = state.apply(
                Event(
                    id: event.id,
                    kind: EventKind(rawValue: event.kind),
                    collectedAt: event.collectedAt,
                    tunnelID: tunnel
                ),
                forgettingTunnelsAfter: Self.forgetTunnelsAfter
            )
        }
        return state
    }

    /// Opens a ledger whose former user may be about to end.
    ///
    /// The thread of the database releases the former ledger a moment after its last answer, and a child process of
    /// another test inherits this process's locks between fork and exec. So this waits for the lock.
    static func reopen(
        _ path: String,
        onEvent: @escaping @Sendable (StorageEvent) -> Void = { _ in }
    ) async throws -> EventLedger {
        var opened: EventLedger?
        while opened == nil {
            do {
                opened = try EventLedger(directory: path, onEvent: onEvent)
            } catch {
                guard error.reason == .inUse else { throw error }
                await Task.yield()
            }
        }
        let ledger = try #require(opened)
        try await ledger.recover(forgettingTunnelsAfter: forgetTunnelsAfter)
        return ledger
    }

    /// Opens a ledger with one connector, whose scope contains all events.
    static func open(
        _ path: String,
        onEvent: @escaping @Sendable (StorageEvent) -> Void = { _ in }
    ) async throws -> EventLedger {
        let ledger = try await reopen(path, onEvent: onEvent)
        _ = try await ledger.recordDiscovery(of: account, showing: [key.connector: Connector()])
        _ = try await ledger.setScopeStart(of: key, from: 0)
        return ledger
    }
}

extension EventLedger {
    func updateState(
        of key: ConnectorKey,
        completing window: CompletedWindow? = nil
    ) async throws(LedgerError) -> ConnectorRecord? {
        try await updateState(
            of: key,
            completing: window,
            forgettingTunnelsAfter: LedgerFixture.forgetTunnelsAfter
        )
    }

    func forgetEvents(of key: ConnectorKey, before start: Timestamp) async throws(LedgerError) {
        try await moveScopeStart(
            of: key,
            to: start,
            forgettingTunnelsAfter: LedgerFixture.forgetTunnelsAfter
        )
        try await deleteEvents(
            of: key,
            before: start,
            forgettingTunnelsAfter: LedgerFixture.forgetTunnelsAfter
        )
    }
}

extension ConnectorRecord {
    var countsByName: [String: Int] {
        Dictionary(uniqueKeysWithValues: tallies.map { ($0.key.rawValue, $0.value.count) })
    }

    var newestByName: [String: Timestamp] {
        Dictionary(uniqueKeysWithValues: tallies.map { ($0.key.rawValue, $0.value.newest) })
    }
}
