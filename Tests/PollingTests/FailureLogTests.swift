// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import CloudflareAPI
import HTTPTransport
import LinuxSystem
import Logging
import Polling
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct FailureLogTests {
    @Test func `logs the beginning, the continuation and the end of a failure once`() async throws {
        let clock = ManualClock()
        let now = clock.now().wholeSeconds
        let account = SimulatedAccount(
            events: ["connector": [SimulatedAccount.Event(kind: "Reconcile", t: now - 60, n: 1)]],
            clock: clock
        )
        let events = RecordingLogHandler.Events()
        let poller = AcceleratedPoller(
            account,
            storage: try TemporaryDirectory(),
            budget: RequestBudget(limit: 1000, window: 300),
            settings: PollingSettings(),
            clock: clock,
            logger: Logger(label: "test") { _ in RecordingLogHandler(events) }
        )
        let start = clock.uptime().seconds
        account.refuse(with: HTTPResponse(status: 503), during: (start + 100)..<(start + 500))
        try await poller.run(seconds: 600)
        let polls = events.all.filter { $0.hasPrefix("poll") }
        #expect(polls == ["poll_failed", "poll_still_failing", "poll_recovered"])
        #expect(events.all.contains("connectors_discovered"))
        #expect(events.all.contains("history_import_complete"))
        #expect(!events.all.contains("missing"))
        #expect(poller.statistics.snapshot.failures.values.reduce(0, +) > 5)
    }
}
