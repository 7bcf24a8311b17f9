// SPDX-License-Identifier: Apache-2.0

import DequeModule
package import EventLedger

// MARK: - Across a restart

extension RequestBudget {
    /// How far the clocks of two machines, or of one before and after it started, may be apart, in seconds.
    private static let clockError = 60.0

    /// The most requests that a run of a record is believed to have, so that no sum of them is too large.
    private static let believedCount = Int(Int32.max)

    /// The most runs that are kept.
    private static let keptRuns = 60.0

    /// What is to be kept, so that a process that ends at any moment has sent no more than it says.
    ///
    /// - Parameters:
    ///   - granted: requests that may be sent before the next record is kept.
    ///   - until: by when they are.
    ///   - clock: what the times are of.
    /// - Returns: the requests of the last window and those granted, in a few dozen runs.
    package func record(granting granted: Int, until: Double, by clock: any PollingClock) -> BudgetRecord {
        let now = clock.uptime()
        var kept: [BudgetRecord.Spent] = []
        var first = -Double.infinity
        for run in runs where run.last > now - window {
            // Several runs become one that is as late as the last of them.
            if run.first - first < window / Self.keptRuns, !kept.isEmpty {
                kept[kept.count - 1].by = run.last
                kept[kept.count - 1].count += run.count
            } else {
                first = run.first
                kept.append(BudgetRecord.Spent(by: run.last, count: run.count))
            }
        }
        kept.append(BudgetRecord.Spent(by: until, count: granted))
        return BudgetRecord(
            epoch: clock.epoch,
            uptime: now,
            time: clock.now(),
            spent: kept,
            silencedUntil: silencedUntil.flatMap { $0 > now ? $0 : nil }
        )
    }

    /// Takes over what an earlier process has kept; what is not certain counts as sent later than it was.
    ///
    /// How long ago that was is measured by uptime, which no step of the time of day changes. After the machine has
    /// started anew, or on another one, only the time of day is left: it is believed to a minute, and a record from the
    /// future counts as one of now.
    package mutating func restore(_ record: BudgetRecord, by clock: any PollingClock) {
        let now = clock.uptime()
        let elapsed =
            record.epoch == clock.epoch
            ? now - record.uptime : clock.now() - record.time - Self.clockError
        let age = max(0, elapsed)
        for spent in record.spent where spent.count > 0 {
            let time = now - max(0, age + record.uptime - spent.by)
            if time > now - window { spend(min(spent.count, Self.believedCount), at: time) }
        }
        if let until = record.silencedUntil, until - record.uptime > age {
            silence(for: until - record.uptime - age, at: now)
        }
    }
}
