// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import EventLedger

/// One poll of one connector: its window, the payloads that are missing, and the state that follows.
struct ConnectorPoll: Sendable {
    /// What a poll came to.
    struct Result: Sendable {
        /// The connector as the ledger has it now; `nil` where even that is not known.
        var record: ConnectorRecord?
        var failure: PollFailure?
        var outcome = InsertOutcome()
        /// Whether payloads are missing that the API may have later.
        var awaitsPayloads = false
    }

    /// Payloads of news that one poll waits for.
    private static let freshPayloads = 200

    let client: BudgetedClient
    let ledger: EventLedger
    let key: ConnectorKey
    let settings: PollingSettings

    /// Polls once; what arrives stays counted whatever happens later.
    func run(now: Double) async -> Result {
        var result = Result(record: ledger.connector(key))
        let window: PollWindow
        do throws(PollFailure) {
            window = try await self.window(now: now)
            let reader = PageReader(client: client, ledger: ledger, key: key)
            let isSpare = window.isRescan && result.record?.watermark != nil
            let priority: RequestPriority = isSpare ? .spare : .poll
            result.outcome = try await reader.read(window, priority: priority, settings: settings)
        } catch {
            result.failure = error
            await settle(&result, completing: nil)
            return result
        }
        let isImport = result.record?.watermark == nil
        if !isImport { result.failure = await readFreshPayloads(of: window) }
        let end = client.clock.now()
        let completion = Completion(until: window.completeUntil, at: end, isRescan: window.isRescan)
        await settle(&result, completing: completion)
        return result
    }

    /// Fetches payloads of history while the budget has plenty, and settles what they tell.
    ///
    /// - Parameters:
    ///   - batch: the most payloads before the state is settled.
    ///   - isFirst: whether `latest` may save many of them.
    /// - Returns: the connector as it is now, and the failure, if there was one; no events are counted in the
    ///   outcome.
    func drain(batch: Int, isFirst: Bool) async -> Result {
        var result = Result(record: ledger.connector(key))
        let reader = PayloadReader(client: client, ledger: ledger, key: key)
        do throws(PollFailure) {
            if isFirst { try await reader.readLatest(before: 0) }
            result.awaitsPayloads = try await !reader.readMissing(since: 0, atMost: batch, priority: .spare)
        } catch {
            result.failure = error
        }
        await settle(&result, completing: nil)
        return result
    }

    private func window(now: Double) async throws(PollFailure) -> PollWindow {
        let second = Int(now)
        let record = ledger.connector(key)
        let floor: Int
        do throws(LedgerError) {
            floor = try await ledger.openScope(of: key, from: second - settings.initialLookback)
        } catch {
            throw PollFailure(error)
        }
        return PollWindow(
            watermark: record?.watermark,
            floor: floor,
            now: second,
            isRescan: await mayRescan(record, now: now),
            settings: settings
        )
    }

    /// The first poll reads the whole lookback, so the first rescan is due one interval after it.
    private func mayRescan(_ record: ConnectorRecord?, now: Double) async -> Bool {
        guard let record, record.watermark != nil, let rescannedAt = record.rescannedAt else { return true }
        let isDue = now - rescannedAt >= settings.rescanInterval || now < rescannedAt
        guard isDue else { return false }
        return await client.gate.hasSpare
    }

    private func readFreshPayloads(of window: PollWindow) async -> PollFailure? {
        let reader = PayloadReader(client: client, ledger: ledger, key: key)
        do throws(PollFailure) {
            let fresh = try await reader.wanted(since: window.from, atMost: Self.freshPayloads)
            guard !fresh.isEmpty else { return nil }
            if fresh.count > 1 { try await reader.readLatest(before: window.from) }
            try await reader.readMissing(since: window.from, atMost: Self.freshPayloads, priority: .payload)
            return nil
        } catch {
            return error
        }
    }

    private func settle(_ result: inout Result, completing completion: Completion?) async {
        do throws(LedgerError) {
            result.record = try await ledger.settle(key, completing: completion)
        } catch {
            result.failure = result.failure ?? PollFailure(error)
        }
    }
}
