// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Polling
import TestSupport
import Testing

@Suite struct `Poll schedule` {
    private func key(_ index: Int) -> ConnectorKey {
        ConnectorKey(account: "a", connector: "connector-\(index)")
    }

    /// Runs a schedule in which every poll takes no time.
    private func run(_ schedule: inout PollSchedule, from start: Double, to end: Double) -> [ConnectorKey:
        [Double]]
    {
        var polls: [ConnectorKey: [Double]] = [:]
        var now = start
        while now <= end {
            for key in schedule.take(atMost: 100_000, at: now) {
                polls[key, default: []].append(now)
                schedule.finish(key, isOpen: false, failure: nil, at: now)
            }
            now = max(now + 0.001, schedule.nextDue ?? .infinity)
        }
        return polls
    }

    @Test func `connectors known from before are polled once an interval, each at its own moment`() {
        var schedule = PollSchedule(interval: 60)
        for index in 0..<240 { schedule.add(key(index), isNew: false, at: 1000) }
        let polls = run(&schedule, from: 1000, to: 1000 + 300)
        #expect(polls.count == 240)
        for times in polls.values {
            for (first, second) in zip(times, times.dropFirst()) {
                #expect(abs(second - first - 60) < 31, "only the first gap may be shorter")
            }
            for (first, second) in zip(times.dropFirst(), times.dropFirst(2)) {
                #expect(abs(second - first - 60) < 0.01)
            }
        }
        let seconds = polls.values.compactMap { $0.last.map { Int($0) } }
        let busiest = Dictionary(grouping: seconds, by: \.self).values.map(\.count).max() ?? 0
        #expect(busiest < 16, "240 polls over 60 seconds are about 4 a second")
    }

    @Test func `a new connector is polled at once`() {
        var schedule = PollSchedule(interval: 60)
        schedule.add(key(1), isNew: true, at: 10)
        #expect(schedule.take(atMost: 5, at: 10) == [key(1)])
        #expect(schedule.take(atMost: 5, at: 10) == [], "it is being polled")
        #expect(schedule.nextDue == nil)
    }

    @Test func `what is open goes first, then what has waited longest`() {
        var schedule = PollSchedule(interval: 60)
        for index in 0..<6 {
            schedule.add(key(index), isNew: true, at: 0)
            _ = schedule.take(atMost: 1, at: 0)
            schedule.finish(key(index), isOpen: index == 4, failure: nil, at: 0)
        }
        #expect(schedule.take(atMost: 1, at: 1000) == [key(4)])
        #expect(schedule.take(atMost: 10, at: 1000).count == 5)
    }

    @Test func `the interval stretches evenly where the budget is short, and no further than needed`() {
        var schedule = PollSchedule(interval: 60)
        for index in 0..<1000 { schedule.add(key(index), isNew: false, at: 0) }
        schedule.fit(cost: 1, rate: 4)
        #expect(schedule.interval == 250)
        schedule.fit(cost: 1, rate: 100)
        #expect(schedule.interval == 60)
    }

    @Test func `a lasting failure is asked for ever less often, and a discovery that works forgives it`() {
        var schedule = PollSchedule(interval: 60)
        schedule.add(key(0), isNew: true, at: 0)
        let failure = PollFailure(reason: "unauthorized", "no")
        var now = 0.0
        var waits: [Double] = []
        for _ in 0..<6 {
            #expect(schedule.take(atMost: 1, at: now) == [key(0)])
            schedule.finish(key(0), isOpen: false, failure: failure, at: now)
            let due = schedule.nextDue ?? 0
            waits.append(due - now)
            now = due
        }
        #expect(waits.allSatisfy { $0 <= 600.1 })
        #expect(waits[5] > 500)
        #expect(waits[0] <= 120)
        _ = schedule.take(atMost: 1, at: now)
        schedule.finish(key(0), isOpen: false, failure: failure, at: now)
        schedule.forgive(account: "a", at: now)
        #expect((schedule.nextDue ?? 0) - now <= 91)
    }

    @Test func `a connector held for other work is not polled meanwhile`() {
        var schedule = PollSchedule(interval: 60)
        schedule.add(key(0), isNew: true, at: 0)
        #expect(schedule.hold(key(0)) == true)
        #expect(schedule.hold(key(0)) == false)
        #expect(schedule.take(atMost: 1, at: 0) == [])
        schedule.release(key(0))
        #expect(schedule.take(atMost: 1, at: 0) == [key(0)])
        #expect(schedule.hold(key(99)) == false, "nobody knows it")
    }

    /// Runs a schedule against an API that takes some polls a second, and says how long anybody waited.
    private func longestWait(_ count: Int, open: Set<Int>, budget: Double, granted: Double) -> Double {
        var schedule = PollSchedule(interval: 60)
        for index in 0..<count { schedule.add(key(index), isNew: false, isOpen: open.contains(index), at: 0) }
        schedule.fit(cost: 1, rate: budget)
        schedule.spread(at: 0)
        var last: [ConnectorKey: Double] = [:]
        var longest = 0.0
        let opened = Set(open.map(key))
        for turn in 0..<Int(7200 * granted) {
            let now = Double(turn) / granted
            for key in schedule.take(atMost: 1, at: now) {
                longest = max(longest, now - (last[key] ?? 0))
                last[key] = now
                schedule.finish(key, isOpen: opened.contains(key), failure: nil, at: now)
            }
        }
        for index in 0..<count { longest = max(longest, 7200 - (last[key(index)] ?? 0)) }
        return longest
    }

    @Test(arguments: [0, 10, 100, 499, 501, 1000]) func `nobody waits longer than twice the even interval`(
        open: Int
    ) {
        let wait = longestWait(1000, open: Set(0..<open), budget: 3, granted: 4)
        let bound: Double = 667
        #expect(wait <= bound, "\(open) open: \(wait)")
    }

    @Test(arguments: [10, 100, 500]) func `nobody starves where the API grants less than was counted on`(
        open: Int
    ) {
        // Every other poll is a quiet connector's, so that all of them have had one after two rounds.
        let wait = longestWait(1000, open: Set(0..<open), budget: 3, granted: 0.8)
        let bound: Double = 2500 + 667
        #expect(wait <= bound, "\(open) open: \(wait)")
    }

    @Test func `connectors with something open are polled as often as asked, if they are few`() {
        var schedule = PollSchedule(interval: 60)
        for index in 0..<1000 { schedule.add(key(index), isNew: false, isOpen: index < 60, at: 0) }
        schedule.fit(cost: 1, rate: 2.5)
        #expect(schedule.interval == 400)
        #expect(schedule.openInterval == 60)
        #expect(abs(schedule.quietInterval - 940 / 1.5) < 1e-9)
        for index in 60..<600 { schedule.add(key(1000 + index), isNew: false, isOpen: true, at: 0) }
        #expect(schedule.openInterval <= schedule.interval)
        #expect(schedule.quietInterval <= schedule.worstInterval)
        let rate = 600 / schedule.openInterval + 940 / schedule.quietInterval
        #expect(rate <= 2.5 + 1e-9, "no more than there is")
    }

    @Test func `those that were held up together spread again at once`() {
        var schedule = PollSchedule(interval: 60)
        for index in 0..<240 { schedule.add(key(index), isNew: false, at: 0) }
        _ = run(&schedule, from: 0, to: 200)
        let late = run(&schedule, from: 1000, to: 1000)
        #expect(late.count == 240, "all of them were asleep")
        let next = run(&schedule, from: 1000.001, to: 1060.001)
        let busiest = Dictionary(grouping: next.values.flatMap(\.self).map { Int($0) }, by: \.self)
        #expect(busiest.values.allSatisfy { $0.count < 16 })
        #expect(next.values.allSatisfy { $0.count == 1 })
    }

    @Test(arguments: 1...20) func `it says what a plain list of times says`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var schedule = PollSchedule(interval: 60)
        var busy: Set<ConnectorKey> = []
        var now = 0.0
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
