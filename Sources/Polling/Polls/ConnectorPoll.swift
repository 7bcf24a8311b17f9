// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
package import ConnectorEvents
package import EventLedger

/// One poll of one connector: its window, the payloads that are missing, and the state that follows.
package struct ConnectorPoll: Sendable {
    /// What a poll came to.
    package struct Result: Sendable {
        /// The connector as the ledger has it now; `nil` where even that is not known.
        package var record: ConnectorRecord?
        package var failure: PollFailure?
        package var outcome = InsertOutcome()

        /// Whether a rescan was read to its end.
        package var hasRescanned = false

        /// Whether payloads are missing that the API may have later.
        var awaitsPayloads = false
    }

    /// Payloads of news that one poll waits for.
    private static let freshPayloads = 200

    let client: BudgetedClient
    let ledger: EventLedger
    let key: ConnectorKey
    let settings: PollingSettings

    package init(
        client: BudgetedClient,
        ledger: EventLedger,
        key: ConnectorKey,
        settings: PollingSettings
    ) {
        self.client = client
        self.ledger = ledger
        self.key = key
        self.settings = settings
    }

    /// Polls once; what arrives stays counted whatever happens later.
    package func run(now: Double) async -> Result {
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
        if !isImport { result.failure = await readBeyondList(of: window) }
        let completion = CompletedWindow(
            until: min(window.completeUntil, Int(client.time.bounds(of: now).lowerBound)),
            at: client.clock.now(),
            isRescan: window.isRescan
        )
        await settle(&result, completing: completion)
        result.hasRescanned = window.isRescan
        return result
    }

    /// Fetches payloads of history while the budget has plenty, and settles what they tell.
    ///
    /// - Parameters:
    ///   - batch: the most payloads before the state is settled.
    ///   - isFirst: whether `latest` may save many of them.
    /// - Returns: the connector as it is now, and the failure, if there was one; no events are counted in the
    ///   outcome.
    package func drain(batch: Int, isFirst: Bool) async -> Result {
        var result = Result(record: ledger.connector(key))
        let reader = PayloadReader(client: client, ledger: ledger, key: key)
        do throws(PollFailure) {
            if isFirst { try await reader.readLatest(priority: .spare) }
            result.awaitsPayloads = try await !reader.readMissing(since: 0, atMost: batch, priority: .spare)
        } catch {
            result.failure = error
        }
        await settle(&result, completing: nil)
        return result
    }

    private func window(now: Double) async throws(PollFailure) -> PollWindow {
        let bounds = client.time.bounds(of: now)
        let early = Int(bounds.lowerBound)
        let record = ledger.connector(key)
        let scopeStart: Int
        do throws(LedgerError) {
            scopeStart = try await ledger.setScopeStart(of: key, from: early - settings.initialLookback)
        } catch {
            throw PollFailure(error)
        }
        return PollWindow(
            watermark: record?.watermark,
            scopeStart: scopeStart,
            now: early,
            latest: Int(bounds.upperBound),
            rescan: await rescan(record, now: bounds.lowerBound),
            settings: settings
        )
    }

    /// The first poll reads the whole lookback, so the first rescan is due one interval after it.
    private func rescan(_ record: ConnectorRecord?, now: Double) async -> PollWindow.Rescan {
        guard let record, record.watermark != nil, let rescannedAt = record.rescannedAt else { return .first }
        let isDue = now - rescannedAt >= settings.rescanInterval || now < rescannedAt
        guard isDue, await client.gate.hasSpare else { return .none }
        return .after(Int(rescannedAt))
    }

    /// Reads what the window's list does not tell: payloads of news, and with a rescan what only `latest` shows.
    private func readBeyondList(of window: PollWindow) async -> PollFailure? {
        let reader = PayloadReader(client: client, ledger: ledger, key: key)
        do throws(PollFailure) {
            let fresh = try await reader.wanted(since: window.from, atMost: Self.freshPayloads)
            if fresh.count > 1 {
                try await reader.readLatest(priority: .payload)
            } else if window.isRescan, await client.gate.hasSpare {
                try await reader.readLatest(priority: .spare)
            }
            guard !fresh.isEmpty else { return nil }
            try await reader.readMissing(since: window.from, atMost: Self.freshPayloads, priority: .payload)
            return nil
        } catch {
            return error
        }
    }

    private func settle(_ result: inout Result, completing completion: CompletedWindow?) async {
        do throws(LedgerError) {
            result.record = try await ledger.settle(key, completing: completion)
        } catch {
            result.failure = result.failure ?? PollFailure(error)
        }
    }
}
