// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import FoundationEssentials
import LinuxSystem
import Polling

/// A restored budget never exceeds the limit, blocks for a bounded time, and survives saving.
enum BudgetTarget {
    private static let limit = 1200
    private static let now = Uptime(seconds: 1000)
    private static let clock = StandingClock(epoch: "boot")

    /// A stopped clock.
    private struct StandingClock: PollingClock {
        let epoch: String

        func now() -> Timestamp { Timestamp(Double(1_795_000_000)) }

        func uptime() -> Uptime { BudgetTarget.now }

        func sleep(seconds: Double) async throws(CancellationError) {}
    }

    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        guard let record = try? JSONDecoder().decode(BudgetRecord.self, from: Data(input)) else { return }
        let budget = restored(record)
        let remaining = budget.remaining(at: now)
        try FuzzFinding.require((0...limit).contains(remaining), "\(remaining) of \(limit) remain")
        let slot = budget.slot(at: now)
        try FuzzFinding.require(
            (now...(now + RequestBudget.longestBlockSeconds)).contains(slot),
            "the next request waits until \(slot)"
        )
        try FuzzFinding.require((remaining > 0) == (slot == now), "\(remaining) remain, and the next waits")
        try FuzzFinding.require(budget.slot(after: limit, at: now) > now, "more than all may be sent at once")

        let kept = budget.record(leasing: 0, until: now, by: clock)
        let read = (try? JSONEncoder().encode(kept)).flatMap {
            try? JSONDecoder().decode(BudgetRecord.self, from: $0)
        }
        try FuzzFinding.require(read == kept, "\(kept) is read back as \(String(describing: read))")
        let again = restored(kept).remaining(at: now)
        try FuzzFinding.require(again <= remaining, "\(remaining) remain, and \(again) after a restart")
    }

    private static func restored(_ record: BudgetRecord) -> RequestBudget {
        var budget = RequestBudget(limit: limit, window: 300)
        budget.restore([record], by: clock)
        return budget
    }
}
