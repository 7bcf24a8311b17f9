// SPDX-License-Identifier: Apache-2.0

import EventLedger
import LinuxSystem

// MARK: - Restarts

extension TokenRateLimiter {
    /// Seconds between two attempts to renew a lease.
    private static let renewalPause = 1.0

    /// Restores the budget of an earlier process.
    ///
    /// If the record cannot be read, the whole budget counts as spent: a delay is better than a block by the API.
    package func restore() async {
        guard let store else { return }
        do throws(LedgerError) {
            budget.restore(try await store.load(), by: clock)
        } catch {
            budget.addAnswered(budget.limit, at: clock.uptime())
        }
        updateBlockedUntil()
    }

    /// Whether a request may be sent before the next record is saved.
    func isLeased(at now: Uptime) -> Bool {
        guard store != nil else { return true }
        guard let lease, lease.isValid(at: now) else { return false }
        return isSaving || now < renewalDue || !lease.isRunningOut(at: now)
    }

    /// Renews the lease, or waits for the renewal that is under way.
    func renewLease() async throws(Refusal) {
        guard !isSaving else { return await waitForSave() }
        do throws(LedgerError) {
            try await save()
        } catch {
            let now = clock.uptime()
            renewalDue = now + Self.renewalPause
            // The previous lease is saved and stays valid.
            if let lease, lease.isValid(at: now) { return }
            throw .storage(error.description)
        }
    }

    /// Saves the block of the token.
    ///
    /// An error is ignored here, because polls fail and report it if the ledger cannot be written.
    func saveBlock() async {
        guard store != nil else { return }
        while isSaving { await waitForSave() }
        try? await save()
    }

    private func waitForSave() async {
        guard isSaving else { return }
        await withCheckedContinuation { saveWaiters.append($0) }
    }

    /// Saves the spent requests and a new lease.
    ///
    /// Records are saved one at a time, so that an older one never replaces a newer one. Until then the previous lease is
    /// valid. Its requests count against the new lease too, because the new record replaces the previous one.
    private func save() async throws(LedgerError) {
        guard let store else { return }
        let next = BudgetLease(of: budget, after: lease, at: clock.uptime())
        isSaving = true
        sentWhileSaving = 0
        defer {
            isSaving = false
            for waiter in saveWaiters { waiter.resume() }
            saveWaiters = []
        }
        try await store.save(budget.record(leasing: next.count, until: next.until, by: clock))
        lease = next
        lease?.left -= sentWhileSaving
    }
}
