// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import LinuxSystem
import Polling
import TestSupport
import Testing

@Suite struct PollScheduleTests {
    private func key(_ index: Int) -> ConnectorKey {
        ConnectorKey(account: "a", connector: "connector-\(index)")
    }

    /// Runs a schedule whose polls take no time.
    private func run(_ schedule: inout PollSchedule, from start: Uptime, to end: Uptime) -> [ConnectorKey:
        [Uptime]]
    {
        var polls: [ConnectorKey: [Uptime]] = [:]
        var now = start
        while now <= end {
            for key in schedule.take(atMost: 100_000, at: now) {
                polls[key, default: []].append(now)
                schedule.finish(key, isOpen: false, failure: nil, at: now)
            }
            now = max(now + 0.001, schedule.nextDue ?? Uptime(seconds: .infinity))
        }
        return polls
    }

    @Test func `polls each connector once per interval, in its own slot`() {
        var schedule = PollSchedule(interval: 60)
        for index in 0..<240 { schedule.add(key(index), isNew: false, at: 1000) }
        let polls = run(&schedule, from: 1000, to: 1300)
        #expect(polls.count == 240)
        for times in polls.values {
            for (first, second) in zip(times, times.dropFirst()) {
                #expect(abs(second - first - 60) < 31, "only the first interval may be shorter")
            }
            for (first, second) in zip(times.dropFirst(), times.dropFirst(2)) {
                #expect(abs(second - first - 60) < 0.01)
            }
        }
        let seconds = polls.values.compactMap { $0.last.map { Int($0.seconds) } }
        let busiest = Dictionary(grouping: seconds, by: \.self).values.map(\.count).max() ?? 0
        #expect(busiest < 16, "240 polls in 60 seconds are about 4 per second")
    }

    @Test func `polls a new connector at once`() {
        var schedule = PollSchedule(interval: 60)
        schedule.add(key(1), isNew: true, at: 10)
        #expect(schedule.take(atMost: 5, at: 10) == [key(1)])
        #expect(schedule.take(atMost: 5, at: 10) == [], "its poll is running")
        #expect(schedule.nextDue == nil)
    }

    @Test func `polls open connectors first, then the longest overdue`() {
        var schedule = PollSchedule(interval: 60)
        for index in 0..<6 {
            schedule.add(key(index), isNew: true, at: 0)
            _ = schedule.take(atMost: 1, at: 0)
            schedule.finish(key(index), isOpen: index == 4, failure: nil, at: 0)
        }
        #expect(schedule.take(atMost: 1, at: 1000) == [key(4)])
        #expect(schedule.take(atMost: 10, at: 1000).count == 5)
    }

    @Test func `stretches the interval as far as the budget requires`() {
        var schedule = PollSchedule(interval: 60)
        for index in 0..<1000 { schedule.add(key(index), isNew: false, at: 0) }
        schedule.adaptInterval(cost: 1, rate: 4)
        #expect(schedule.interval == 250)
        schedule.adaptInterval(cost: 1, rate: 100)
        #expect(schedule.interval == 60)
    }

    @Test(
        arguments: [
            .api(.unauthorized), .api(.forbidden), .api(.notFound), .cursorLoop, .endlessCursor,
        ] as [PollFailure.Reason]
    )
    func `backs off after persistent failures until a discovery succeeds`(
        reason: PollFailure.Reason
    ) throws {
        var schedule = PollSchedule(interval: 60)
        schedule.add(key(0), isNew: true, at: 0)
        let failure = PollFailure(reason, "a failure")
        var now: Uptime = 0
        var waits: [Double] = []
        for _ in 0..<6 {
            #expect(schedule.take(atMost: 1, at: now) == [key(0)])
            schedule.finish(key(0), isOpen: false, failure: failure, at: now)
            let due = try #require(schedule.nextDue)
            waits.append(due - now)
            now = due
        }
        #expect(waits.allSatisfy { $0 <= 600.1 })
        #expect(waits[5] > 500)
        #expect(waits[0] <= 120)
        _ = schedule.take(atMost: 1, at: now)
        schedule.finish(key(0), isOpen: false, failure: failure, at: now)
        schedule.resetBackoff(account: "a", at: now)
        #expect(try #require(schedule.nextDue) - now <= 91)
    }

    @Test func `does not poll a held connector`() {
        var schedule = PollSchedule(interval: 60)
        schedule.add(key(0), isNew: true, at: 0)
        #expect(schedule.hold(key(0)) == true)
        #expect(schedule.hold(key(0)) == false)
        #expect(schedule.take(atMost: 1, at: 0) == [])
        schedule.release(key(0))
        #expect(schedule.take(atMost: 1, at: 0) == [key(0)])
        #expect(schedule.hold(key(99)) == false, "it is not scheduled")
    }

    /// Runs a schedule with an API that allows a number of polls per second, and returns the longest wait.
    private func longestWait(_ count: Int, open: Set<Int>, budget: Double, allowed: Double) -> Double {
        var schedule = PollSchedule(interval: 60)
        for index in 0..<count { schedule.add(key(index), isNew: false, isOpen: open.contains(index), at: 0) }
        schedule.adaptInterval(cost: 1, rate: budget)
        schedule.spread(at: 0)
        var last: [ConnectorKey: Uptime] = [:]
        var longest = 0.0
        let opened = Set(open.map(key))
        for turn in 0..<Int(7200 * allowed) {
            let now = Uptime(seconds: Double(turn) / allowed)
            for key in schedule.take(atMost: 1, at: now) {
                longest = max(longest, now - (last[key] ?? 0))
                last[key] = now
                schedule.finish(key, isOpen: opened.contains(key), failure: nil, at: now)
            }
        }
        for index in 0..<count { longest = max(longest, (7200 as Uptime) - (last[key(index)] ?? 0)) }
        return longest
    }

    @Test(arguments: [0, 10, 100, 499, 501, 1000])
    func `no connector waits longer than twice the even interval`(
        open: Int
    ) {
        let wait = longestWait(1000, open: Set(0..<open), budget: 3, allowed: 4)
        let bound: Double = 667
        #expect(wait <= bound, "\(open) open: \(wait)")
    }

    @Test(arguments: [10, 100, 500]) func `no connector starves if the API allows less than planned`(
        open: Int
    ) {
        // Every other poll is one of a quiet connector, so all of them are polled within two rounds.
        let wait = longestWait(1000, open: Set(0..<open), budget: 3, allowed: 0.8)
        let bound: Double = 2500 + 667
        #expect(wait <= bound, "\(open) open: \(wait)")
    }

    @Test func `polls a few open connectors at the configured interval`() {
        var schedule = PollSchedule(interval: 60)
        for index in 0..<1000 { schedule.add(key(index), isNew: false, isOpen: index < 60, at: 0) }
        schedule.adaptInterval(cost: 1, rate: 2.5)
        #expect(schedule.interval == 400)
        #expect(schedule.openInterval == 60)
        #expect(abs(schedule.quietInterval - 940 / 1.5) < 1e-9)
        for index in 60..<600 { schedule.add(key(1000 + index), isNew: false, isOpen: true, at: 0) }
        #expect(schedule.openInterval <= schedule.interval)
        #expect(schedule.quietInterval <= schedule.worstInterval)
        let rate = 600 / schedule.openInterval + 940 / schedule.quietInterval
        #expect(rate <= 2.5 + 1e-9, "at most the rate of the budget")
    }

    @Test func `spreads delayed connectors again at once`() {
        var schedule = PollSchedule(interval: 60)
        for index in 0..<240 { schedule.add(key(index), isNew: false, at: 0) }
        _ = run(&schedule, from: 0, to: 200)
        let late = run(&schedule, from: 1000, to: 1000)
        #expect(late.count == 240, "all of them are late")
        let next = run(&schedule, from: 1000.001, to: 1060.001)
        let busiest = Dictionary(grouping: next.values.flatMap(\.self).map { Int($0.seconds) }, by: \.self)
        #expect(busiest.values.allSatisfy { $0.count < 16 })
        #expect(next.values.allSatisfy { $0.count == 1 })
    }

    @Test(arguments: 1...20) func `agrees with a list of due times`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var schedule = PollSchedule(interval: 60)
        var busy: Set<ConnectorKey> = []
        var now: Uptime = 0
        for step in 0..<3000 {
            let key = key(Int.random(in: 0..<40, using: &random))
            switch Int.random(in: 0..<7, using: &random) {
            case 0: schedule.add(key, isNew: Bool.random(using: &random), at: now)
            case 1:
                schedule.remove(key)
                busy.remove(key)
            case 2: if schedule.hold(key) { #expect(busy.insert(key).inserted, "seed \(seed), step \(step)") }
            case 3: if busy.remove(key) != nil { schedule.release(key) }
            case 4:
                for key in schedule.take(atMost: 3, at: now) {
                    #expect(busy.insert(key).inserted, "seed \(seed), step \(step): taken twice")
                }
            case 5:
                if busy.remove(key) != nil {
                    schedule.finish(key, isOpen: Bool.random(using: &random), failure: nil, at: now)
                }
            default: now += Double.random(in: 0...20, using: &random)
            }
            #expect(busy.isSubset(of: schedule.keys))
            #expect((schedule.nextDue == nil) == (busy.count == schedule.count), "seed \(seed), step \(step)")
        }
        let waiting = Set(schedule.keys).subtracting(busy)
        #expect(Set(schedule.take(atMost: 1000, at: now + 1000)) == waiting)
    }
}
