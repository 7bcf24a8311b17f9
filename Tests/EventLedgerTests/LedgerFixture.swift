// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Testing
import TestSupport

/// A connector's random life as the API would show it, and what a plain list of it says.
struct LedgerFixture: Sendable {
    static let account = "0123456789abcdef0123456789abcdef"
    static let key = ConnectorKey(account: account, connector: "c0")

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
            let isStranger = Int.random(in: 0..<15, using: &random) == 0
            let kind = isStranger ? "New\(Int.random(in: 0..<3, using: &random))" : documented.rawValue
            let delay = Int.random(in: 0...600, using: &random)
            events.append(IncomingEvent(id: id, kind: kind, collectedAt: t + delay))
            if EventKind(rawValue: kind).hasPayload {
                let tunnel = "tunnel-\(Int.random(in: 0..<3, using: &random))"
                payloads.append(EventPayload(id: id, tunnelID: tunnel, url: nil, version: "2026.2.0"))
            }
        }
        self.events = events
        self.payloads = payloads
    }

    /// Counts by kind, as a plain list says.
    var counts: [String: Int] {
        Dictionary(events.map { ($0.kind, 1) }, uniquingKeysWith: +)
    }

    /// The newest `t` by kind, as a plain list says.
    var newest: [String: Int] {
        Dictionary(events.map { ($0.kind, $0.id.t) }, uniquingKeysWith: max)
    }

    /// The state after all events in their order, with their tunnels.
    var state: ConnectorState {
        let tunnels = Dictionary(uniqueKeysWithValues: payloads.map { ($0.id, $0.tunnelID) })
        var state = ConnectorState()
        for event in events.sorted(by: { $0.id < $1.id }) {
            let tunnel = tunnels[event.id].flatMap(\.self)
            _ = state.apply(Event(id: event.id, kind: EventKind(rawValue: event.kind), tunnelID: tunnel))
        }
        return state
    }

    /// A ledger whose predecessor may be about to end.
    ///
    /// Its own thread lets go of it a moment after its last answer; and a process that another test starts
    /// holds this process's locks too, from its fork to its exec. So a lock that is held is asked for again
    /// until it is free, for as long as the suite's time limit allows.
    static func openAgain(
        _ path: String,
        retryAfter seconds: Double = 1,
        tell: @escaping @Sendable (StorageEvent) -> Void = { _ in }
    ) async throws -> EventLedger {
        var opened: EventLedger?
        while opened == nil {
            do {
                opened = try EventLedger(directory: path, retryAfter: seconds, tell: tell)
            } catch {
                guard error.reason == .inUse else { throw error }
                await Task.yield()
            }
        }
        let ledger = try #require(opened)
        try await ledger.load()
        return ledger
    }

    /// A ledger that knows the connector and counts from the beginning of time.
    static func open(
        _ path: String,
        retryAfter seconds: Double = 1,
        tell: @escaping @Sendable (StorageEvent) -> Void = { _ in }
    ) async throws -> EventLedger {
        let ledger = try await openAgain(path, retryAfter: seconds, tell: tell)
        _ = try await ledger.recordDiscovery(of: account, showing: [key.connector: Connector()])
        _ = try await ledger.setScopeStart(of: key, from: 0)
        return ledger
    }
}

extension ConnectorRecord {
    var countsByName: [String: Int] {
        Dictionary(uniqueKeysWithValues: tallies.map { ($0.key.rawValue, $0.value.count) })
    }

    var newestByName: [String: Int] {
        Dictionary(uniqueKeysWithValues: tallies.map { ($0.key.rawValue, $0.value.newest) })
    }
}
