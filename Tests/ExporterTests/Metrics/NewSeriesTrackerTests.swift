// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Testing

@testable import Exporter

@Suite struct `Births of series` {
    private let stranger = EventKind(rawValue: "MeshJoin")

    @Test func `what is there when a connector is first shown is history, and shows its count at once`() {
        var births = NewSeriesTracker()
        births.note(kinds: [stranger], tunnels: ["a"], at: 0, interval: 60)
        #expect(!births.isYoung(.events(stranger)))
        #expect(!births.isYoung(.rekeys(tunnel: "a")))
    }

    @Test func `what is born later shows 0 until a scrape has seen it`() {
        var births = NewSeriesTracker()
        births.note(kinds: [], tunnels: [], at: 0, interval: 60)
        births.note(kinds: [stranger], tunnels: ["a"], at: 10, interval: 60)
        #expect(births.isYoung(.events(stranger)))
        #expect(births.isYoung(.rekeys(tunnel: "a")))
        births.appear(in: 7)
        let tooEarly = births.grow(seen: 6, at: 11)
        #expect(!tooEarly, "that scrape was of an older body")
        let grown = births.grow(seen: 7, at: 11)
        #expect(grown)
        #expect(!births.isYoung(.events(stranger)))
        births.note(kinds: [stranger], tunnels: ["a"], at: 12, interval: 60)
        #expect(!births.isYoung(.events(stranger)), "it is born once")
    }

    @Test func `it waits no longer than a poll interval for a scrape`() {
        var births = NewSeriesTracker()
        births.note(kinds: [], tunnels: nil, at: 0, interval: 60)
        births.note(kinds: [stranger], tunnels: nil, at: 10, interval: 60)
        #expect(births.nextDeadline == 70)
        let early = births.grow(seen: 0, at: 69)
        let late = births.grow(seen: 0, at: 70)
        #expect(!early)
        #expect(late)
        #expect(births.nextDeadline == nil)
    }

    @Test func `tunnels whose history has arrived only now are history too`() {
        var births = NewSeriesTracker()
        births.note(kinds: [], tunnels: nil, at: 0, interval: 60)
        births.note(kinds: [], tunnels: ["a", "b"], at: 50, interval: 60)
        #expect(!births.isYoung(.rekeys(tunnel: "a")))
        births.note(kinds: [], tunnels: ["a", "b", "c"], at: 60, interval: 60)
        #expect(births.isYoung(.rekeys(tunnel: "c")))
    }

    @Test func `documented kinds are there from the start and are never young`() {
        var births = NewSeriesTracker()
        births.note(kinds: [], tunnels: nil, at: 0, interval: 60)
        births.note(kinds: [.haError], tunnels: nil, at: 5, interval: 60)
        #expect(!births.isYoung(.events(.haError)))
    }
}
