// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import DequeModule
package import EventLedger
package import LinuxSystem

// MARK: - Restarts

extension RequestBudget {
    /// Maximum difference between the clocks of two machines, or before and after a boot, in seconds.
    private static let clockError = 60.0

    /// Maximum count of a restored run.
    ///
    /// Prevents overflow if a record is damaged.
    private static let longestRun = Int(Int32.max)

    /// Maximum number of runs in a record.
    private static let savedRuns = 60.0

    /// Returns the record to save.
    ///
    /// A process that is killed at any later moment has sent at most the recorded requests. Requests that are under way
    /// or leased count as answered at the latest possible time: `requestTimeout` after they were sent.
    ///
    /// - Parameters:
    ///   - leased: The number of requests that may be sent before the next record is saved.
    ///   - until: The latest time at which they are sent.
    ///   - clock: The clock of the times.
    /// - Returns: the requests of the last window in a few dozen runs, and the leased ones.
    package func record(leasing leased: Int, until: Uptime, by clock: any PollingClock) -> BudgetRecord {
        let now = clock.uptime()
        var spent: [BudgetRecord.Spent] = []
        var first: Uptime?
        for run in runs where run.last > now - window {
            // Merged runs count as answered with the last one.
            if let first, run.first - first < window / Self.savedRuns {
                spent[spent.count - 1].by = run.last.seconds
                spent[spent.count - 1].count += run.count
            } else {
                first = run.first
                spent.append(BudgetRecord.Spent(by: run.last.seconds, count: run.count))
            }
        }
        if underWay > 0 {
            spent.append(BudgetRecord.Spent(by: (now + requestTimeout).seconds, count: underWay))
        }
        spent.append(BudgetRecord.Spent(by: (until + requestTimeout).seconds, count: leased))
        return BudgetRecord(
            epoch: clock.epoch,
            uptime: now.seconds,
            time: clock.now(),
            spent: spent,
            silencedUntil: blockedUntil.flatMap { $0 > now ? $0.seconds : nil }
        )
    }

    /// Restores the records of earlier processes.
    ///
    /// Uncertain times are rounded up. Requests that are in several records count several times.
    ///
    /// The age of a record is measured by uptime, because setting the time of day does not change it. After a boot, or
    /// on another machine, only the time of day is comparable. It is trusted to a minute, and a record from the future
    /// counts as written now.
    package mutating func restore(_ records: Set<BudgetRecord>, by clock: any PollingClock) {
        let now = clock.uptime()
        var answered: [(time: Uptime, count: Int)] = []
        for record in records {
            let elapsed =
                record.epoch == clock.epoch
                ? now.seconds - record.uptime : clock.now() - record.time - Self.clockError
            let age = max(0, elapsed)
            for spent in record.spent where spent.count > 0 {
                // A request of the ended process may still be on its way to the server.
                let time = min(now + requestTimeout, now - (age + record.uptime - spent.by))
                if time > now - window { answered.append((time, min(spent.count, Self.longestRun))) }
            }
            if let until = record.silencedUntil, until - record.uptime > age {
                block(for: until - record.uptime - age, at: now)
            }
        }
        for (time, count) in answered.sorted(by: { $0.time < $1.time }) { addAnswered(count, at: time) }
    }
}
