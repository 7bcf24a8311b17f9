// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Polling
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
}
