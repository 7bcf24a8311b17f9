// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import HTTPTransport
import LinuxSystem
import Polling
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ShortBudgetTests {
    private static let window = 300.0
    private static let limit = 1000

    /// Makes the events of connectors.
    ///
    /// At any time, a few percent of them have an open rotation and report events.
    private static func makeEvents(_ count: Int, from start: Int, to end: Int, seed: UInt64) -> [String:
        [SimulatedAccount.Event]]
    {
        var random = SeededRandom(seed: seed)
        var eventsByConnector: [String: [SimulatedAccount.Event]] = [:]
        for index in 0..<count {
            var events: [SimulatedAccount.Event] = []
            func add(_ kind: EventKind, at t: Int, isWhileOpen: Bool = false) {
                events.append(
                    SimulatedAccount.Event(
                        kind: kind.rawValue,
                        t: t,
                        n: events.count,
                        isWhileOpen: isWhileOpen
                    )
                )
            }
            var t = start + Int.random(in: 0..<3600, using: &random)
            while t < end {
                if Int.random(in: 0..<6, using: &random) == 0 {
                    add(.startRotateCryptKey, at: t)
                    let finish = t + Int.random(in: 1200..<2400, using: &random)
                    while true {
                        t += Int.random(in: 30..<120, using: &random)
                        guard t < finish else { break }
                        add(.reconcile, at: t, isWhileOpen: true)
                    }
                    add(.finishRotateCryptKeySuccess, at: t, isWhileOpen: true)
                } else {
                    add(index % 20 == 0 ? .rekeyComplete : .reconcile, at: t)
                }
                t += Int.random(in: 1800..<5400, using: &random)
            }
            eventsByConnector["connector-\(index)"] = events
        }
        return eventsByConnector
    }

    /// Returns the delay of an event if all connectors are polled in turn, as often as the budget allows.
    private static func roundRobin(_ account: SimulatedAccount, _ t: Int, of connector: Int, start: Double)
        -> Double
    {
        let pause = window / Double(limit)
        let round = pause * Double(account.connectors.count)
        let first = start + Double(connector) * pause
        return first + ((Double(t) - first) / round).rounded(.up) * round - Double(t)
    }

    /// A thousand connectors share a thousand requests per five minutes, for hours, with two kills.
    @Test(arguments: [7] as [UInt64])
    func `respects the budget, starves no connector, and polls open ones first`(
        seed: UInt64
    ) async throws {
        let clock = ManualClock()
        let start = clock.now().seconds
        let hours = 1.5
        let events = Self.makeEvents(1000, from: Int(start) - 3600, to: Int(start + hours * 3600), seed: seed)
        let account = SimulatedAccount(events: events, faultShare: 0.01, seed: seed, clock: clock)
        var settings = PollingSettings()
        settings.initialLookback = 3600
        settings.overlap = 300
        settings.rescanLookback = 3600
        let poller = AcceleratedPoller(
            account,
            storage: try TemporaryDirectory(),
            budget: RequestBudget(limit: Self.limit, window: Self.window),
            settings: settings,
            clock: clock
        )
        var restarts: [Double] = []
        for part in [0.37, 0.05, 0.58] {
            restarts.append(clock.uptime().seconds)
            try await poller.run(seconds: hours * 3600 * part)
        }

        #expect(account.peak(window: Self.window) <= Self.limit, "seed \(seed)")
        #expect(account.seen.requests.count > Int(hours * 12) * Self.limit * 6 / 10, "the budget is used")

        let bound = 2 * poller.seen.longestInterval
        #expect(bound < 2 * 1000 * 1.3 / (0.8 * 1000 / Self.window))
        var longest = 0.0
        for connector in account.connectors {
            let polls = account.seen.polls[connector] ?? []
            // A process does not know the polls of the one before, so each restart counts as a poll.
            let moments = (polls + restarts + [clock.uptime().seconds]).sorted()
            for (first, second) in zip(moments, moments.dropFirst()) {
                longest = max(longest, second - first)
            }
        }
        #expect(longest <= bound, "seed \(seed)")

        let delays = delays(poller, after: start + 1200, before: start + hours * 3600 - bound)
        let ours = delays.ours.reduce(0, +) / Double(delays.ours.count)
        let theirs = delays.theirs.reduce(0, +) / Double(delays.theirs.count)
        print(
            "seed \(seed): \(delays.ours.count) events while something was open: \(ours) s, round robin \(theirs) s;",
            "longest wait \(longest) s of at most \(bound) s; \(account.seen.requests.count) requests,",
            "at most \(account.peak(window: Self.window)) in five minutes"
        )
        #expect(delays.ours.count > 1000)
        #expect(abs(theirs - 150) < 15, "half a round of 300 seconds")
        #expect(ours <= theirs / 2, "seed \(seed)")
    }

    private func delays(
        _ poller: AcceleratedPoller,
        after start: Double,
        before end: Double
    ) -> (ours: [Double], theirs: [Double]) {
        var ours: [Double] = []
        var theirs: [Double] = []
        let origin = poller.clock.now().seconds - poller.clock.uptime().seconds
        for (index, connector) in poller.account.connectors.enumerated() {
            let key = ConnectorKey(account: SimulatedAccount.id, connector: connector)
            var seen = poller.seen.counts[key, default: []][...]
            for (number, event) in (poller.account.events[connector] ?? []).enumerated()
            where event.isWhileOpen && Double(event.t) > start && Double(event.t) < end {
                while let first = seen.first, first.count <= number { seen.removeFirst() }
                guard let first = seen.first else { continue }
                ours.append(first.at.seconds - Double(event.t))
                theirs.append(Self.roundRobin(poller.account, event.t, of: index, start: origin))
            }
        }
        return (ours, theirs)
    }

    @Test func `a poll without new events costs one request`() async throws {
        let clock = ManualClock()
        let events = Self.makeEvents(
            20,
            from: clock.now().wholeSeconds - 90_000,
            to: clock.now().wholeSeconds - 86_500,
            seed: 3
        )
        let account = SimulatedAccount(events: events, clock: clock)
        var settings = PollingSettings()
        settings.discoveryInterval = 600
        let poller = AcceleratedPoller(
            account,
            storage: try TemporaryDirectory(),
            budget: RequestBudget(limit: 1000, window: 300),
            settings: settings,
            clock: clock
        )
        try await poller.run(seconds: 590)
        let polls = account.seen.polls.values.reduce(0) { $0 + $1.count }
        #expect(
            (190...220).contains(polls),
            "20 connectors, once at the start and once per minute"
        )
        #expect(
            account.seen.requests.count == polls + 4,
            "one discovery: connectors, sites, two owners of a token"
        )
    }

    @Test func `a 429 blocks the token, even after a restart, and is reported`() async throws {
        let clock = ManualClock()
        let events = Self.makeEvents(
            50,
            from: clock.now().wholeSeconds - 3600,
            to: clock.now().wholeSeconds + 3600,
            seed: 4
        )
        let account = SimulatedAccount(events: events, clock: clock)
        let poller = AcceleratedPoller(
            account,
            storage: try TemporaryDirectory(),
            budget: RequestBudget(limit: 1000, window: 300),
            settings: PollingSettings(),
            clock: clock
        )
        try await poller.run(seconds: 100)
        #expect(poller.statistics.snapshot.budget(of: SimulatedAccount.id)?.blockedUntil == nil)
        let before = account.seen.requests.count
        let blockedAt = clock.uptime().seconds
        account.refuse(with: HTTPResponse(status: 429, retryAfter: .seconds(240)))
        try await poller.run(seconds: 60)
        account.refuse(with: nil)
        let first = try #require(account.seen.requests.dropFirst(before).first)
        let until = try #require(poller.statistics.snapshot.budget(of: SimulatedAccount.id)?.blockedUntil)
        #expect(abs(until - (clock.now() - clock.uptime().seconds + first + 240)) <= 1)
        #expect(
            account.seen.requests.dropFirst(before).allSatisfy { $0 == first },
            "requests that were under way"
        )
        let refused = account.seen.requests.count
        try await poller.run(seconds: 300)
        let next = try #require(account.seen.requests.dropFirst(refused).first)
        #expect(next >= first + 240)
        #expect(next < blockedAt + 330)
        #expect(poller.statistics.snapshot.budget(of: SimulatedAccount.id)?.blockedUntil == nil)
    }
}
