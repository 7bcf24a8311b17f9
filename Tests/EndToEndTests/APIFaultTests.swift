// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The reaction of the exporter to each class of API failure, as an operator sees it in metrics and the log.
@Suite(.serialized, .timeLimit(.minutes(5))) struct APIFaultTests {
    struct Case: Sendable {
        let fault: String
        let reason: String
        let logged: String
    }

    static let cases = [
        Case(fault: #"{"kind":"status","param":"403"}"#, reason: "forbidden", logged: "Magic WAN Read"),
        Case(
            fault: #"{"kind":"status","param":"404","endpoint":"events"}"#,
            reason: "not_found",
            logged: "404"
        ),
        Case(
            fault: #"{"kind":"status","param":"500","endpoint":"events"}"#,
            reason: "server_error",
            logged: "500"
        ),
        Case(fault: #"{"kind":"html","endpoint":"events"}"#, reason: "malformed", logged: "JSON"),
        Case(
            fault: #"{"kind":"success_false","endpoint":"events"}"#,
            reason: "rejected",
            logged: "success"
        ),
        Case(fault: #"{"kind":"reset","endpoint":"events"}"#, reason: "interrupted", logged: "events"),
        Case(fault: #"{"kind":"stall","endpoint":"events"}"#, reason: "timeout", logged: "events"),
        Case(
            fault: #"{"kind":"cursor_loop","endpoint":"events"}"#,
            reason: "cursor_loop",
            logged: "cursor"
        ),
        Case(
            fault: #"{"kind":"cursor_endless","endpoint":"events"}"#,
            reason: "endless_cursor",
            logged: "cursor"
        ),
        // The last two stop the token for a while.
        Case(
            fault: #"{"kind":"status","param":"429","retry_after":"2","endpoint":"events"}"#,
            reason: "rate_limited",
            logged: "rate"
        ),
        Case(fault: #"{"kind":"status","param":"401"}"#, reason: "unauthorized", logged: "Magic WAN Read"),
    ]

    @Test func `each failure keeps the counts, has its reason in a metric and one log line, and passes`()
        async throws
    {
        let fixture = try await ExporterFixture(["--life.speed", "0", "--connectors", "2"])
        try await fixture.startExporter()
        try await fixture.expectMatchesOracle()
        for failure in Self.cases { try await expect(failure, in: fixture) }
        try await fixture.expectMatchesOracle(within: 60)
        #expect(fixture.exporter?.errors.contains("simulator-token") == false)
        #expect(fixture.exporter?.errors.contains("LICENSE") == false)
    }

    private func expect(_ failure: Case, in fixture: ExporterFixture) async throws {
        let before = try await fixture.scrape()
        try await fixture.setFaults("[\(failure.fault)]")
        let failures =
            #"\#(ExporterFixture.prefix)exporter_poll_failures_total{account_id="\#(ExporterFixture.account)",reason="\#(failure.reason)"}"#
        let during = try await eventually("\(failures) and poll_success 0", within: 60) {
            let scrape = try await fixture.scrape()
            let isDown = scrape.sum("\(ExporterFixture.prefix)poll_success") < 2
            return isDown && (scrape[failures] ?? 0) > (before[failures] ?? 0) ? scrape : nil
        }
        for (series, value) in before.samples where series.hasPrefix("\(ExporterFixture.prefix)events_total")
        {
            // Delayed events of the history may still arrive.
            #expect((during[series] ?? 0) >= value, "\(failure.reason): \(series)")
        }
        let lines = fixture.logLines(event: "poll_failed").filter {
            $0.contains("reason=\(failure.reason)")
        }
        #expect(lines.count == 1, "\(failure.reason): \(lines)")
        #expect(lines.first?.contains(failure.logged) == true, "\(failure.reason): \(lines)")
        #expect(fixture.exporter?.isRunning == true)
        #expect(try await fixture.http.get("\(fixture.address)/-/healthy").status == 200)

        try await fixture.clearFaults()
        _ = try await eventually("poll_success 1 after \(failure.reason)", within: 60) {
            try await fixture.scrape().sum("\(ExporterFixture.prefix)poll_success") == 2 ? true : nil
        }
    }

    @Test func `an unreachable API leaves the last values, and polling resumes with it`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0", "--connectors", "2"])
        try await fixture.startExporter()
        try await fixture.expectMatchesOracle()
        let before = try await fixture.scrape()
        fixture.simulator.send(SIGSTOP)
        let failures =
            #"\#(ExporterFixture.prefix)exporter_poll_failures_total{account_id="\#(ExporterFixture.account)",reason="timeout"}"#
        let during = try await eventually("time-outs", within: 60) {
            let scrape = try await fixture.scrape()
            let isDown = scrape.sum("\(ExporterFixture.prefix)poll_success") < 2
            return isDown && (scrape[failures] ?? 0) > 0 ? scrape : nil
        }
        let events = "\(ExporterFixture.prefix)events_total"
        #expect(during.sum(events) == before.sum(events))
        fixture.simulator.send(SIGCONT)
        try await fixture.inject(#"{"index": 1, "kind": "HaInit"}"#)
        try await fixture.expectMatchesOracle(within: 60)
    }

    @Test func `payloads that fail are not requested without a bound`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        try await fixture.setFaults(#"[{"kind":"status","param":"500","endpoint":"event"}]"#)
        try await fixture.startExporter()
        let requests = "\(ExporterFixture.prefix)exporter_api_requests_total"
        let scrape = try await eventually("twenty polls", within: 60) {
            let scrape = try await fixture.scrape()
            return scrape.sum(requests, #"endpoint="events""#) > 20 ? scrape : nil
        }
        // A batch stops at its first failure: eight at once, each tried three times at most, after each poll.
        let polls = scrape.sum(requests, #"endpoint="events""#)
        #expect(scrape.sum(requests, #"endpoint="event","#) <= (polls + 4) * 24)
        #expect(scrape.sum("\(ExporterFixture.prefix)events_total") > 1000)
        try await fixture.clearFaults()
        try await fixture.expectMatchesOracle(within: 60)
    }

    @Test func `a token that is replaced in its file is used at once`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0", "--token", "old", "--token", "new"])
        _ = try fixture.directory.write("old", to: "token")
        try await fixture.startExporter()
        try await fixture.expectMatchesOracle()
        try await fixture.control("POST", "tokens", #"{"revoke": ["old"]}"#)
        _ = try await eventually("poll_success 0") {
            try await fixture.scrape().sum("\(ExporterFixture.prefix)poll_success") < 4 ? true : nil
        }
        _ = try fixture.directory.write("new", to: "token")
        try await fixture.inject(#"{"index": 1, "kind": "HaInit"}"#)
        try await fixture.expectMatchesOracle()
    }
}
