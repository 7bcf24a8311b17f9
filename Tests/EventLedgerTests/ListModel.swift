// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import TestSupport

/// The reference model of one connector: a list of its events.
struct ListModel {
    private struct StoredEvent {
        let kind: EventKind
        var collectedAt: Timestamp?
        var tunnelID: String?
        var wantsPayload: Bool
    }

    private var events: [EventID: StoredEvent] = [:]
    private var observed: Set<EventID> = []
    private var awaitingCollectionTime: Set<EventID> = []
    private(set) var scopeStart: Timestamp = 0
    private(set) var watermark: Timestamp?
    private(set) var uncleanRestarts = 0
    private(set) var finishes = 0
    private(set) var delays = 0
    private var state = ConnectorState()
    private var isCurrent = true

    mutating func ingest(_ page: [IncomingEvent]) {
        for event in page where event.id.time >= scopeStart {
            let kind = EventKind(rawValue: event.kind)
            if events[event.id] == nil {
                events[event.id] = StoredEvent(
                    kind: kind,
                    collectedAt: event.collectedAt,
                    tunnelID: nil,
                    wantsPayload: kind.hasPayload
                )
                if event.collectedAt == nil { awaitingCollectionTime.insert(event.id) } else { delays += 1 }
                isCurrent = false
            } else if event.collectedAt != nil, awaitingCollectionTime.remove(event.id) != nil {
                events[event.id]?.collectedAt = event.collectedAt
                isCurrent = false
                delays += 1
            }
        }
    }

    mutating func savePayloads(_ payloads: [EventPayload]) {
        for payload in payloads
        where payload.id.time >= scopeStart && events[payload.id]?.wantsPayload == true {
            events[payload.id]?.wantsPayload = false
            events[payload.id]?.tunnelID = payload.tunnelID
            isCurrent = false
        }
    }

    mutating func updateState(completing completion: CompletedWindow?) {
        watermark = completion?.until ?? watermark
        guard !isCurrent else { return }
        state = ConnectorState()
        for (id, stored) in events.sorted(by: { $0.key < $1.key }) {
            let event = Event(
                id: id,
                kind: stored.kind,
                collectedAt: stored.collectedAt,
                tunnelID: stored.tunnelID
            )
            let observation = state.apply(
                event,
                forgettingTunnelsAfter: LedgerFixture.forgetTunnelsAfter
            )
            guard let observation, observed.insert(id).inserted else { continue }
            switch observation {
            case .uncleanRestart: uncleanRestarts += 1
            case .operationFinished, .rekeyCompleted: finishes += 1
            }
        }
        isCurrent = true
    }

    mutating func forget(before start: Timestamp) {
        scopeStart = start
        awaitingCollectionTime = awaitingCollectionTime.filter { $0.time >= start }
    }

    /// A new process updates the state.
    mutating func restart() {
        updateState(completing: nil)
    }

    /// Returns the differences between the model and the ledger.
    func differences(from record: ConnectorRecord, _ histograms: AccountHistograms) -> [String] {
        var found: [String] = []
        func check<Value: Equatable>(_ name: String, _ actual: Value, _ expected: Value) {
            if actual != expected { found.append("\(name): \(actual), not \(expected)") }
        }
        check(
            "counts",
            record.countsByName,
            Dictionary(events.values.map { ($0.kind.rawValue, 1) }, uniquingKeysWith: +)
        )
        let newest = events.map { ($0.value.kind.rawValue, $0.key.time) }
        check("newest", record.newestByName, Dictionary(newest, uniquingKeysWith: max))
        check("scope start", record.scopeStart, scopeStart)
        check("watermark", record.watermark, watermark)
        check(
            "wanted",
            record.wantedPayloads,
            events.count { $0.key.time >= scopeStart && $0.value.wantsPayload }
        )
        check("unclean restarts", record.uncleanRestarts, uncleanRestarts)
        check("delays", histograms[.deliveryDelay].count, delays)
        let counted = AccountHistograms.Name.allCases.filter { $0 != .deliveryDelay }
        check("finishes", counted.reduce(0) { $0 + histograms[$1].count }, finishes)
        var expected = state
        expected.removeFinishes(before: scopeStart)
        expected.removeTunnels(forgottenAfter: LedgerFixture.forgetTunnelsAfter, at: scopeStart)
        check("state", record.state, expected)
        return found
    }
}
