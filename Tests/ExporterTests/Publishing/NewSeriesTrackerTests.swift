// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import LinuxSystem
import Testing

@testable import Exporter

@Suite struct NewSeriesTrackerTests {
    private let unknownKind = EventKind(rawValue: "MeshJoin")

    @Test func `shows the counts of series that appear with their connector`() {
        var tracker = NewSeriesTracker()
        tracker.add(kinds: [unknownKind], tunnels: ["a"], at: Uptime(seconds: 0))
        #expect(!tracker.isPending(.events(unknownKind)))
        #expect(!tracker.isPending(.rekeys(tunnel: "a")))
    }

    @Test func `keeps a later series pending until a scrape has received it`() {
        var tracker = NewSeriesTracker()
        tracker.add(kinds: [], tunnels: [], at: Uptime(seconds: 0))
        tracker.add(kinds: [unknownKind], tunnels: ["a"], at: Uptime(seconds: 10))
        #expect(tracker.isPending(.events(unknownKind)))
        #expect(tracker.isPending(.rekeys(tunnel: "a")))
        tracker.recordBody(7)
        let promotedByOlderBody = tracker.promote(received: 6, at: Uptime(seconds: 11))
        #expect(!promotedByOlderBody)
        let promoted = tracker.promote(received: 7, at: Uptime(seconds: 11))
        #expect(promoted)
        #expect(!tracker.isPending(.events(unknownKind)))
        tracker.add(kinds: [unknownKind], tunnels: ["a"], at: Uptime(seconds: 12))
        #expect(!tracker.isPending(.events(unknownKind)), "a visible series is not new again")
    }

    @Test func `promotes a series after five minutes without a scrape`() {
        var tracker = NewSeriesTracker()
        tracker.add(kinds: [], tunnels: nil, at: Uptime(seconds: 0))
        tracker.add(kinds: [unknownKind], tunnels: nil, at: Uptime(seconds: 10))
        #expect(tracker.nextDeadline == Uptime(seconds: 310))
        let early = tracker.promote(received: 0, at: Uptime(seconds: 309))
        let late = tracker.promote(received: 0, at: Uptime(seconds: 310))
        #expect(!early)
        #expect(late)
        #expect(tracker.nextDeadline == nil)
    }

    @Test func `treats tunnels as history if their payloads were imported later`() {
        var tracker = NewSeriesTracker()
        tracker.add(kinds: [], tunnels: nil, at: Uptime(seconds: 0))
        tracker.add(kinds: [], tunnels: ["a", "b"], at: Uptime(seconds: 50))
        #expect(!tracker.isPending(.rekeys(tunnel: "a")))
        tracker.add(kinds: [], tunnels: ["a", "b", "c"], at: Uptime(seconds: 60))
        #expect(tracker.isPending(.rekeys(tunnel: "c")))
    }

    @Test func `treats a tunnel that was forgotten as new when it returns`() {
        var tracker = NewSeriesTracker()
        tracker.add(kinds: [], tunnels: ["a", "b"], at: Uptime(seconds: 0))
        tracker.add(kinds: [], tunnels: ["b"], at: Uptime(seconds: 10))
        tracker.add(kinds: [], tunnels: ["a", "b"], at: Uptime(seconds: 20))
        #expect(tracker.isPending(.rekeys(tunnel: "a")))
        #expect(!tracker.isPending(.rekeys(tunnel: "b")))
        tracker.add(kinds: [], tunnels: ["b"], at: Uptime(seconds: 30))
        #expect(tracker.nextDeadline == nil, "a forgotten tunnel is not pending")
    }

    @Test func `never treats documented kinds as pending`() {
        var tracker = NewSeriesTracker()
        tracker.add(kinds: [], tunnels: nil, at: Uptime(seconds: 0))
        tracker.add(kinds: [.haError], tunnels: nil, at: Uptime(seconds: 5))
        #expect(!tracker.isPending(.events(.haError)))
    }
}
