// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import LinuxSystem
import Testing
import TestSupport

@testable import Exporter

/// How long the lines of events wait for their payloads.
struct PayloadWaitTests {
    /// A rekey, whose payload is missing, and an `Init`, which has none.
    private func events() async throws -> [RecordedEvent] {
        let directory = try TemporaryDirectory()
        let ledger = try EventLedger(directory: directory.path)
        let key = ConnectorKey(account: "a", connector: "c")
        _ = try await ledger.recordDiscovery(of: "a", showing: ["c": Connector()])
        _ = try await ledger.setScopeStart(of: key, from: 0)
        let kinds = ["RekeyStart", "Init"]
        let page = kinds.enumerated().map { index, kind in
            IncomingEvent(id: EventID(t: index, n: 0), kind: kind, collectedAt: nil)
        }
        _ = try await ledger.ingest(page, of: key)
        return try EventHistory(directory: directory.path).events(countedAfter: 0, limit: 10)
    }

    @Test func `a missing payload delays its line for the maximum, and an event without one never`()
        async throws
    {
        let events = try await events()
        var wait = PayloadWait(maximum: 60)
        #expect(events.map(wait.isOver) == [false, true])
        wait.record(lastPosition: 2, at: Uptime(seconds: 100))
        wait.record(lastPosition: 2, at: Uptime(seconds: 159.9))
        #expect(events.map(wait.isOver) == [false, true])
        wait.record(lastPosition: 2, at: Uptime(seconds: 160))
        #expect(events.map(wait.isOver) == [true, true])
    }

    @Test func `later events wait from the time at which they were counted`() async throws {
        let rekey = try await events()[0]
        var wait = PayloadWait(maximum: 60)
        wait.record(lastPosition: 0, at: Uptime(seconds: 0))
        wait.record(lastPosition: 1, at: Uptime(seconds: 50))
        wait.record(lastPosition: 5, at: Uptime(seconds: 109))
        #expect(!wait.isOver(for: rekey))
        wait.record(lastPosition: 9, at: Uptime(seconds: 110))
        #expect(wait.isOver(for: rekey))
    }
}
