// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
package import ConnectorEvents
package import EventLedger

/// One poll of one connector: it reads a window and missing payloads, and updates the connector's state.
package struct ConnectorPoll: Sendable {
    /// The result of a poll, besides what the ledger has committed.
    package struct Result: Sendable {
        /// The failure, if the poll failed.
        package var failure: PollFailure?

        /// The number of new, duplicate and late events.
        package var outcome = InsertOutcome()

        /// Whether a rescan was read completely.
        package var hasRescanned = false

        /// Whether the API may have missing payloads later.
        var awaitsPayloads = false
    }

    /// Maximum number of payloads of new events that one poll reads.
    private static let newPayloads = 200

    let client: BudgetedClient
    let ledger: EventLedger
    let key: ConnectorKey
    let settings: PollingSettings

    /// Makes a poll.
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

    /// Polls once.
    ///
    /// Events that were received stay counted if the poll fails later.
    package func run(now: Timestamp) async -> Result {
        let record = ledger.connector(key)
        let isImport = record?.watermark == nil
        var result = Result()
        let window: PollWindow
        do throws(PollFailure) {
            window = try await self.window(after: record, now: now)
            let reader = PageReader(client: client, ledger: ledger, key: key)
            let priority: RequestPriority = window.isRescan && !isImport ? .spare : .poll
            result.outcome = try await reader.read(window, priority: priority, settings: settings)
        } catch {
            result.failure = error
            await settle(&result, completing: nil)
            return result
        }
        if !isImport { result.failure = await readPayloads(of: window) }
        let completed = CompletedWindow(
            until: min(window.completeUntil, client.serverClock.bounds(of: now).lowerBound.roundedDown),
            at: client.clock.now(),
            isRescan: window.isRescan
        )
        await settle(&result, completing: completed)
        result.hasRescanned = window.isRescan
        return result
    }

    /// Reads payloads of history while the budget allows spare work, and updates the state.
    ///
    /// - Parameters:
    ///   - batch: Maximum number of payloads before the state is updated.
    ///   - isFirst: Whether to read `latest` first, which may save many requests.
    /// - Returns: the failure, and whether payloads may come later. No events are counted in the outcome.
    package func backfillPayloads(batch: Int, isFirst: Bool) async -> Result {
        var result = Result()
        let reader = PayloadReader(client: client, ledger: ledger, key: key)
        do throws(PollFailure) {
            if isFirst { try await reader.readLatest(priority: .spare) }
            result.awaitsPayloads = try await !reader.readMissing(
                since: Timestamp(0),
                atMost: batch,
                priority: .spare
            )
        } catch {
            result.failure = error
        }
        await settle(&result, completing: nil)
        return result
    }

    private func window(after record: ConnectorRecord?, now: Timestamp) async throws(PollFailure)
        -> PollWindow
    {
        let bounds = client.serverClock.bounds(of: now)
        let earliest = bounds.lowerBound.roundedDown
        let scopeStart: Timestamp
        do throws(LedgerError) {
            let wanted = earliest - Double(settings.initialLookback)
            scopeStart = try await ledger.setScopeStart(of: key, from: wanted)
        } catch {
            throw PollFailure(error)
        }
        return PollWindow(
            watermark: record?.watermark,
            scopeStart: scopeStart,
            now: earliest,
            latest: bounds.upperBound.roundedDown,
            rescan: await rescan(after: record, now: bounds.lowerBound),
            settings: settings
        )
    }

    /// Decides whether a rescan is due.
    ///
    /// The first poll reads the whole lookback, so it counts as the first rescan.
    private func rescan(after record: ConnectorRecord?, now: Timestamp) async -> PollWindow.Rescan {
        guard let record, record.watermark != nil, let rescannedAt = record.rescannedAt else {
            return .first
        }
        let isDue = now - rescannedAt >= settings.rescanInterval || now < rescannedAt
        guard isDue, await client.rateLimiter.hasSpare else { return .none }
        return .after(rescannedAt)
    }

    /// Reads the payloads of new events.
    ///
    /// After a rescan, it also reads events that only `latest` contains.
    private func readPayloads(of window: PollWindow) async -> PollFailure? {
        let reader = PayloadReader(client: client, ledger: ledger, key: key)
        do throws(PollFailure) {
            let missing = try await reader.wanted(since: window.from, atMost: Self.newPayloads)
            if missing.count > 1 {
                try await reader.readLatest(priority: .payload)
            } else if window.isRescan, await client.rateLimiter.hasSpare {
                try await reader.readLatest(priority: .spare)
            }
            guard !missing.isEmpty else { return nil }
            try await reader.readMissing(since: window.from, atMost: Self.newPayloads, priority: .payload)
            return nil
        } catch {
            return error
        }
    }

    private func settle(_ result: inout Result, completing window: CompletedWindow?) async {
        do throws(LedgerError) {
            _ = try await ledger.updateState(
                of: key,
                completing: window,
                forgettingTunnelsAfter: settings.forgetTunnelsAfter
            )
        } catch {
            result.failure = result.failure ?? PollFailure(error)
        }
    }
}
