// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import LinuxSystem
import Testing

@testable import Exporter

struct ScraperTableTests {
    private static func scraper(_ address: String, _ agent: String = "Prometheus/3.5.0") -> Scraper {
        Scraper(Request(headers: Headers([("User-Agent", agent)]), peer: address))
    }

    private static let one = scraper("10.0.0.1:1000")
    private static let other = scraper("10.0.0.2:1000")

    @Test func `a scraper is identified by address and User-Agent, and not by port`() {
        #expect(Self.one == Self.scraper("10.0.0.1:2000"))
        #expect(Self.one != Self.other)
        #expect(Self.one != Self.scraper("10.0.0.1:1000", "curl/8.0"))
        #expect(Self.scraper("[2001:db8::1]:1") == Self.scraper("[2001:db8::1]:2"))
        #expect(Self.scraper("[2001:db8::1]:1") != Self.scraper("[2001:db8::2]:1"))
    }

    @Test func `waits for each scraper that came twice in ten minutes`() {
        var table = ScraperTable()
        table.record(1, by: Self.one, at: Uptime(seconds: 0))
        table.record(1, by: Self.other, at: Uptime(seconds: 5))
        table.record(1, by: Self.one, at: Uptime(seconds: 10))
        table.record(1, by: Self.other, at: Uptime(seconds: 65))
        table.record(7, by: Self.one, at: Uptime(seconds: 70))
        #expect(table.generationReceivedByAll(at: Uptime(seconds: 70)) == 1)
        #expect(table.generationReceivedByAll(at: Uptime(seconds: 605)) == 1)
        #expect(table.generationReceivedByAll(at: Uptime(seconds: 606)) == 7, "the other has gone")
    }

    @Test func `does not wait for a client that came once`() {
        var table = ScraperTable()
        table.record(3, by: Self.other, at: Uptime(seconds: 0))
        #expect(table.generationReceivedByAll(at: Uptime(seconds: 1)) == 3)
        for time in [10.0, 20] { table.record(5, by: Self.one, at: Uptime(seconds: time)) }
        #expect(table.generationReceivedByAll(at: Uptime(seconds: 21)) == 5)
    }

    @Test func `a flood of names displaces no regular scraper`() {
        var table = ScraperTable()
        for time in [0.0, 60] { table.record(1, by: Self.one, at: Uptime(seconds: time)) }
        for index in 0..<1000 {
            table.record(9, by: Self.scraper("10.0.0.3:1", "\(index)"), at: Uptime(seconds: 61))
        }
        #expect(table.generationReceivedByAll(at: Uptime(seconds: 62)) == 1)
    }
}
