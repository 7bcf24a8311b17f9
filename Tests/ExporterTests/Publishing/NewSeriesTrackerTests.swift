// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import TestSupport
import Testing

@testable import Exporter

@Suite struct NewSeriesTrackerTests {
    private let unknownKind = EventKind(rawValue: "MeshJoin")

    @Test func `shows the counts of series that appear with their connector`() {
        var tracker = NewSeriesTracker()
        tracker.add(kinds: [unknownKind], tunnels: ["a"], at: 0, interval: 60)
        #expect(!tracker.isPending(.events(unknownKind)))
        #expect(!tracker.isPending(.rekeys(tunnel: "a")))
    }

    @Test func `keeps a later series pending until a scrape has received it`() {
        var tracker = NewSeriesTracker()
        tracker.add(kinds: [], tunnels: [], at: 0, interval: 60)
        tracker.add(kinds: [unknownKind], tunnels: ["a"], at: 10, interval: 60)
        #expect(tracker.isPending(.events(unknownKind)))
        #expect(tracker.isPending(.rekeys(tunnel: "a")))
        tracker.recordBody(7)
        let promotedByOlderBody = tracker.promote(received: 6, at: 11)
        #expect(!promotedByOlderBody)
        let promoted = tracker.promote(received: 7, at: 11)
        #expect(promoted)
        #expect(!tracker.isPending(.events(unknownKind)))
        tracker.add(kinds: [unknownKind], tunnels: ["a"], at: 12, interval: 60)
        #expect(!tracker.isPending(.events(unknownKind)), "a visible series is not new again")
    }

    @Test func `promotes a series after one poll interval without a scrape`() {
        var tracker = NewSeriesTracker()
        tracker.add(kinds: [], tunnels: nil, at: 0, interval: 60)
        tracker.add(kinds: [unknownKind], tunnels: nil, at: 10, interval: 60)
        #expect(tracker.nextDeadline == 70)
        let early = tracker.promote(received: 0, at: 69)
        let late = tracker.promote(received: 0, at: 70)
        #expect(!early)
        #expect(late)
        #expect(tracker.nextDeadline == nil)
    }

    @Test func `treats tunnels as history if their payloads were imported later`() {
        var tracker = NewSeriesTracker()
        tracker.add(kinds: [], tunnels: nil, at: 0, interval: 60)
        tracker.add(kinds: [], tunnels: ["a", "b"], at: 50, interval: 60)
        #expect(!tracker.isPending(.rekeys(tunnel: "a")))
        tracker.add(kinds: [], tunnels: ["a", "b", "c"], at: 60, interval: 60)
        #expect(tracker.isPending(.rekeys(tunnel: "c")))
    }

    @Test func `never treats documented kinds as pending`() {
        var tracker = NewSeriesTracker()
        tracker.add(kinds: [], tunnels: nil, at: 0, interval: 60)
        tracker.add(kinds: [.haError], tunnels: nil, at: 5, interval: 60)
        #expect(!tracker.isPending(.events(.haError)))
    }
}
