// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Testing
import TestSupport

/// Requests to forget tunnels and connectors.
@Suite(.timeLimit(.minutes(1))) struct ForgettingTests {
    private static let key = LedgerFixture.key

    private func ingest(_ events: [(t: Int, kind: String, tunnel: String)], into ledger: EventLedger)
        async throws
    {
        let incoming = events.map { event in
            IncomingEvent(id: EventID(t: event.t, n: 0), kind: event.kind, collectedAt: Timestamp(event.t))
        }
        _ = try await ledger.ingest(incoming, of: Self.key)
        let payloads = events.map { event in
            EventPayload(id: EventID(t: event.t, n: 0), tunnelID: event.tunnel, url: nil, version: nil)
        }
        _ = try await ledger.savePayloads(payloads, of: Self.key)
        let end = Timestamp(events.map(\.t).max() ?? 0) + 1
        _ = try await ledger.updateState(
            of: Self.key,
            completing: CompletedWindow(until: end, at: end, isRescan: false)
        )
    }

    private func tunnels(_ ledger: EventLedger, at now: Timestamp) throws -> [String: RekeyMachine] {
        try #require(ledger.connector(Self.key)).state
            .tunnels(forgettingAfter: LedgerFixture.forgetTunnelsAfter, at: now)
    }

    @Test
    func
        `a forgotten tunnel is gone, also after a recomputation and a restart, and begins again with its next event`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let storage = RestartingLedger(path: directory.path)
        do {
            let ledger = try await storage.open()
            _ = try await ledger.recordDiscovery(
                of: Self.key.account,
                showing: [Self.key.connector: Connector()]
            )
            _ = try await ledger.setScopeStart(of: Self.key, from: 0)
            try await ingest([(100, "RekeyComplete", "a"), (110, "RekeyStart", "b")], into: ledger)
            try ForgetRequests.add(tunnel: "a", of: Self.key, directory: directory.path)
            let outcome = try await ledger.applyForgetRequests(of: Self.key.account, at: 200)
            #expect(outcome.tunnels.map(\.tunnel) == ["a"])
            #expect(try tunnels(ledger, at: 200).keys.sorted() == ["b"])
            // A late event makes the state be recomputed.
            try await ingest([(50, "RekeyReset", "b")], into: ledger)
            #expect(try tunnels(ledger, at: 200).keys.sorted() == ["b"])
            #expect(try await ledger.applyForgetRequests(of: Self.key.account, at: 201).tunnels.isEmpty)
        }
        storage.close()
        let ledger = try await storage.open()
        #expect(try tunnels(ledger, at: 200).keys.sorted() == ["b"])
        try await ingest([(300, "RekeyComplete", "a")], into: ledger)
        let tunnel = try #require(try tunnels(ledger, at: 301)["a"])
        #expect(tunnel.completed == 1, "the former count does not come back")
        #expect(ledger.connector(Self.key)?.countsByName["RekeyComplete"] == 2, "the counts of events stay")
    }

    @Test func `a forgotten connector is absent until a discovery lists it`() async throws {
        let directory = try TemporaryDirectory()
        let ledger = try await LedgerFixture.open(directory.path)
        try ForgetRequests.add(of: Self.key, directory: directory.path)
        #expect(try await ledger.applyForgetRequests(of: "another", at: 1).connectors.isEmpty)
        #expect(try await ledger.applyForgetRequests(of: Self.key.account, at: 1).connectors == [Self.key])
        #expect(ledger.connector(Self.key)?.isPresent == false)
        _ = try await ledger.recordDiscovery(of: Self.key.account, showing: [:])
        #expect(ledger.connector(Self.key)?.isPresent == false)
        _ = try await ledger.recordDiscovery(
            of: Self.key.account,
            showing: [Self.key.connector: Connector()]
        )
        #expect(ledger.connector(Self.key)?.isPresent == true)
    }

    @Test func `a request for an unknown connector is an error`() async throws {
        let directory = try TemporaryDirectory()
        let ledger = try await LedgerFixture.open(directory.path)
        let key = ConnectorKey(account: Self.key.account, connector: "unknown")
        let error = #expect(throws: LedgerError.self) {
            try ForgetRequests.add(of: key, directory: directory.path)
        }
        #expect(error?.reason == .missing)
        withExtendedLifetime(ledger) {}
    }
}
