// SPDX-License-Identifier: Apache-2.0

import EventLedger

// MARK: - What is kept of the budget

extension TokenRateLimiter {
    /// Seconds until a grant that could not be renewed in time is tried again.
    private static let renewalPause = 1.0

    /// Takes over what an earlier process has spent.
    ///
    /// Where that cannot be read, everything counts as spent: who waits too long is better off than who is blocked.
    package func restore() async {
        guard let store else { return }
        do throws(LedgerError) {
            guard let record = try await store.load() else { return }
            budget.restore(record, by: clock)
        } catch {
            budget.spend(budget.limit, at: clock.uptime())
        }
        noteSilence()
    }

    /// Whether a request may be sent before anything more is written.
    func isGranted(at now: Double) -> Bool {
        guard store != nil else { return true }
        guard let grant, grant.holds(at: now) else { return false }
        return isKeeping || now < renewalDue || !grant.isRunningOut(at: now)
    }

    /// Renews the grant, or waits for the one who does.
    func extendGrant() async throws(Refusal) {
        guard !isKeeping else { return await recordIsWritten() }
        do throws(LedgerError) {
            try await keep()
        } catch {
            let now = clock.uptime()
            renewalDue = now + Self.renewalPause
            // What is left of the old grant is written down, and holds.
            if let grant, grant.holds(at: now) { return }
            throw .storage(error.description)
        }
    }

    /// Writes down that the token is silenced.
    ///
    /// A ledger that cannot be written makes polls fail anyway, and says so.
    func keepSilence() async {
        guard store != nil else { return }
        while isKeeping { await recordIsWritten() }
        try? await keep()
    }

    private func recordIsWritten() async {
        guard isKeeping else { return }
        await withCheckedContinuation { waitingForRecord.append($0) }
    }

    /// Writes what was spent, and a new grant.
    ///
    /// One at a time, so that an older record never replaces a newer one. Until it is written the old grant holds, and
    /// what is spent from it counts against the new one too, whose record takes its place.
    private func keep() async throws(LedgerError) {
        guard let store else { return }
        let next = BudgetLease(of: budget, after: grant, at: clock.uptime())
        isKeeping = true
        spentMeanwhile = 0
        defer {
            isKeeping = false
            for waiter in waitingForRecord { waiter.resume() }
            waitingForRecord = []
        }
        try await store.keep(budget.record(granting: next.count, until: next.until, by: clock))
        grant = next
        grant?.left -= spentMeanwhile
    }
}
