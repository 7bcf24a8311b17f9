// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import EventLedger
import LinuxSystem
import Polling
import Synchronization
import TestSupport
import Testing

/// Discovery: sites, the expiry of the token, and connectors that vanish from the list.
struct SitesTests {
    private static func key(_ connector: String) -> ConnectorKey {
        ConnectorKey(account: SimulatedAccount.id, connector: connector)
    }

    private func poller(_ connectors: String...) throws -> AcceleratedPoller {
        let clock = ManualClock()
        let account = SimulatedAccount(
            events: Dictionary(uniqueKeysWithValues: connectors.map { ($0, []) }),
            clock: clock
        )
        return AcceleratedPoller(
            account,
            storage: try TemporaryDirectory(),
            budget: RequestBudget(limit: 1000, window: 300),
            settings: PollingSettings(),
            clock: clock
        )
    }

    @Test func `gives each connector its site and role`() async throws {
        let poller = try poller("a", "b", "c", "d")
        poller.account.results.withLock { results in
            results["/magic/sites"] = """
                [{"id":"s2","name":"Two","connector_id":"b","secondary_connector_id":"a","ha_mode":true},
                {"id":"s1","name":"One","connector_id":"c","location":{"lat":"1.5","lon":"-2"}},
                {"id":"s3","name":"Three","connector_id":"c"}]
                """
        }
        var sites: [String: ConnectorSite] = [:]
        try await poller.run(seconds: 30) { ledger in
            for name in ["a", "b", "c", "d"] {
                sites[name] = ledger.connector(Self.key(name))?.inventory.site
            }
        }
        #expect(
            sites == [
                "a": ConnectorSite(id: "s2", name: "Two", role: .secondary, isHighAvailability: true),
                "b": ConnectorSite(id: "s2", name: "Two", role: .primary, isHighAvailability: true),
                "c": ConnectorSite(
                    id: "s1",
                    name: "One",
                    role: .primary,
                    location: ConnectorSite.Location(latitude: 1.5, longitude: -2)
                ),
            ]
        )
    }

    @Test func `a failed list of sites keeps the previous ones, even after a restart`() async throws {
        let poller = try poller("a")
        let list = #"[{"id":"s","name":"One","connector_id":"a"}]"#
        poller.account.results.withLock { $0["/magic/sites"] = list }
        try await poller.run(seconds: 30)
        poller.account.results.withLock { $0["/magic/sites"] = nil }
        for _ in 0..<2 {
            var name: String?
            try await poller.run(seconds: 1300) { name = $0.connector(Self.key("a"))?.inventory.site?.name }
            #expect(name == "One")
        }
        let failures = poller.statistics.snapshot.failures
        let key = PollStatistics.FailureKey(account: SimulatedAccount.id, reason: .api(.forbidden))
        #expect(failures[key, default: 0] > 2)
        #expect(poller.seen.accounts.last?.discoverySucceeded == true)
    }

    @Test func `a new connector has its site from its first discovery on`() async throws {
        let poller = try poller("a", "b")
        let list = #"[{"id":"s","name":"One","connector_id":"a"},{"id":"t","name":"New","connector_id":"b"}]"#
        poller.account.results.withLock { $0["/magic/sites"] = list }
        poller.account.hide(["b"])
        try await poller.run(seconds: 30)
        poller.account.hide([])
        var name: String?
        try await poller.run(seconds: 10) { name = $0.connector(Self.key("b"))?.inventory.site?.name }
        #expect(name == "New")
    }

    @Test func `a connector that returns has its site from its first discovery on`() async throws {
        let poller = try poller("a", "b")
        let list = #"[{"id":"s","name":"One","connector_id":"a"},{"id":"t","name":"Two","connector_id":"b"}]"#
        poller.account.results.withLock { $0["/magic/sites"] = list }
        try await poller.run(seconds: 30)
        poller.account.hide(["b"], until: Uptime(seconds: poller.clock.uptime().seconds + 90))
        var name: String?
        try await poller.run(seconds: 130) { name = $0.connector(Self.key("b"))?.inventory.site?.name }
        #expect(name == "Two")
    }

    @Test(arguments: ["user/tokens/verify", "\(SimulatedAccount.id)/tokens/verify"])
    func `asks the owner of the token for its expiry`(path: String) async throws {
        let poller = try poller("a")
        poller.account.results.withLock { results in
            results["user/tokens/verify"] = nil
            results[path] = #"{"status":"active","expires_on":"2027-01-15T08:00:00Z"}"#
        }
        try await poller.run(seconds: 30)
        #expect(poller.seen.accounts.last?.tokenExpiry == 1_800_000_000)
        poller.account.results.withLock { $0[path] = nil }
        try await poller.run(seconds: 30)
        #expect(poller.seen.accounts.last?.tokenExpiry == nil)
    }

    @Test func `counts missing connectors and removes them after ten discoveries`() async throws {
        let poller = try poller("a", "b", "c")
        try await poller.run(seconds: 30)
        #expect(poller.seen.accounts.last?.missing == 0)
        #expect(poller.seen.accounts.last?.discoveredAt != nil)
        poller.account.hide(["b", "c"])
        try await poller.run(seconds: 530)
        #expect(poller.seen.accounts.last?.missing == 2)
        #expect(poller.seen.gone.isEmpty)
        try await poller.run(seconds: 90)
        #expect(poller.seen.gone == [Self.key("b"), Self.key("c")])
        #expect(poller.seen.accounts.last?.missing == 0)
        #expect(poller.seen.accounts.last?.connectors == 1)
    }
}
