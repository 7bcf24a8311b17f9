// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct `Trouble with the API` {
    struct Case: Sendable, CustomTestStringConvertible {
        let fault: String
        let reason: String
        let says: String

        var testDescription: String { "\(reason): \(fault)" }
    }

    static let cases = [
        Case(fault: #"{"kind":"status","param":"401"}"#, reason: "unauthorized", says: "Magic WAN Read"),
        Case(fault: #"{"kind":"status","param":"403"}"#, reason: "forbidden", says: "Magic WAN Read"),
        Case(
            fault: #"{"kind":"status","param":"404","endpoint":"events"}"#,
            reason: "not_found",
            says: "404"
        ),
        Case(
            fault: #"{"kind":"status","param":"429","retry_after":"2","endpoint":"events"}"#,
            reason: "rate_limited",
            says: "rate"
        ),
        Case(
            fault: #"{"kind":"status","param":"500","endpoint":"events"}"#,
            reason: "server_error",
            says: "500"
        ),
        Case(fault: #"{"kind":"html","endpoint":"events"}"#, reason: "malformed", says: "JSON"),
        Case(fault: #"{"kind":"truncate","endpoint":"events"}"#, reason: "malformed", says: "JSON"),
        Case(fault: #"{"kind":"success_false","endpoint":"events"}"#, reason: "rejected", says: "success"),
        Case(fault: #"{"kind":"reset","endpoint":"events"}"#, reason: "interrupted", says: "events"),
        Case(fault: #"{"kind":"stall","endpoint":"events"}"#, reason: "timeout", says: "events"),
        Case(fault: #"{"kind":"cursor_loop","endpoint":"events"}"#, reason: "cursor_loop", says: "cursor"),
        Case(
            fault: #"{"kind":"cursor_endless","endpoint":"events"}"#,
            reason: "endless_cursor",
            says: "does not end"
        ),
    ]

    @Test(arguments: cases)
    func `the process lives, says why once, keeps its values, and goes on when it is over`(
        trouble: Case
    ) async throws {
        let world = try await World(["--life.speed", "0", "--connectors", "2"])
        try await world.startExporter()
        try await world.expectTruth()
        let before = try await world.scrape()
        try await world.setFaults("[\(trouble.fault)]")
        let failures = #"\#(World.prefix)exporter_poll_failures_total{reason="\#(trouble.reason)"}"#
        let during = try await eventually("\(failures) and poll_success 0") {
            let scrape = try await world.scrape()
            let isDown = scrape.sum("\(World.prefix)poll_success") < 2
            return isDown && (scrape[failures] ?? 0) > 0 ? scrape : nil
        }
        for (series, value) in before.samples where series.hasPrefix("\(World.prefix)events_total") {
            #expect(during[series] == value, "\(series)")
        }
        let lines = try #require(world.exporter).errors.split(separator: "\n").filter {
            $0.contains("poll failed") && $0.contains("reason=\(trouble.reason)")
        }
        #expect(lines.count == 1, "\(lines)")
        #expect(lines.first?.contains(trouble.says) == true, "\(lines)")
        #expect(world.exporter?.isRunning == true)
        let healthy = try await world.web.ask("\(world.address)/-/healthy")
        #expect(healthy.status == 200)

        try await world.clearFaults()
        try await world.inject(#"{"index": 0, "kind": "HaError"}"#)
        try await world.expectTruth(within: 60)
        _ = try await eventually("poll_success 1", within: 60) {
            try await world.scrape().sum("\(World.prefix)poll_success") == 2 ? true : nil
        }
        #expect(world.exporter?.errors.contains("simulator-token") == false)
        #expect(world.exporter?.errors.contains("LICENSE") == false)
    }

    @Test func `an API that is not there leaves the last values, and is found again`() async throws {
        let world = try await World(["--life.speed", "0", "--connectors", "2"])
        try await world.startExporter()
        try await world.expectTruth()
        let before = try await world.scrape()
        world.simulator.send(SIGSTOP)
        let failures = #"\#(World.prefix)exporter_poll_failures_total{reason="timeout"}"#
        let during = try await eventually("time-outs", within: 60) {
            let scrape = try await world.scrape()
            return (scrape[failures] ?? 0) > 0 && scrape.sum("\(World.prefix)poll_success") < 2 ? scrape : nil
        }
        #expect(during.sum("\(World.prefix)events_total") == before.sum("\(World.prefix)events_total"))
        world.simulator.send(SIGCONT)
        try await world.inject(#"{"index": 1, "kind": "HaInit"}"#)
        try await world.expectTruth(within: 60)
    }

    @Test func `payloads that cannot be had are not asked for again and again`() async throws {
        let world = try await World(["--life.speed", "0"])
        try await world.setFaults(#"[{"kind":"status","param":"500","endpoint":"event"}]"#)
        try await world.startExporter()
        let requests = "\(World.prefix)exporter_api_requests_total"
        let scrape = try await eventually("twenty polls", within: 60) {
            let scrape = try await world.scrape()
            return scrape.sum(requests, #"endpoint="events""#) > 20 ? scrape : nil
        }
        // A batch stops at its first failure: eight at once, each tried three times at most, after each poll.
        let polls = scrape.sum(requests, #"endpoint="events""#)
        #expect(scrape.sum(requests, #"endpoint="event","#) <= (polls + 4) * 24)
        #expect(scrape.sum("\(World.prefix)events_total") > 1000)
        try await world.clearFaults()
        try await world.expectTruth(within: 60)
    }

    @Test func `a token that is replaced in its file is used at once`() async throws {
        let world = try await World(["--life.speed", "0", "--token", "old", "--token", "new"])
        _ = try world.directory.write("old", to: "token")
        try await world.startExporter()
        try await world.expectTruth()
        let revoke = try await world.web.send("POST", "\(world.api)/control/tokens", #"{"revoke": ["old"]}"#)
        try #require(revoke.status < 300, "\(revoke.body)")
        _ = try await eventually("poll_success 0") {
            try await world.scrape().sum("\(World.prefix)poll_success") < 4 ? true : nil
        }
        _ = try world.directory.write("new", to: "token")
        try await world.inject(#"{"index": 1, "kind": "HaInit"}"#)
        try await world.expectTruth()
    }
}
