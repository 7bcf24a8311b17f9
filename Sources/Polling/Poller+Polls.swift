// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger

// MARK: - Polls and backfills

extension Poller {
    /// Maximum number of payloads that a backfill reads before the state is updated and published.
    private static let backfillBatch = 500

    func poll(_ key: ConnectorKey) async {
        guard let poll = makePoll(of: key) else { return }
        let result = await poll.run(now: context.clock.now())
        finishPoll(of: key, result)
        if result.failure == nil, result.hasRescanned, let record = context.ledger.connector(key) {
            await forgetOldEvents(of: record)
        }
        await endImportIfDone(of: key.account)
    }

    /// Reads a batch of missing payloads of a connector's history.
    func backfill(_ key: ConnectorKey) async {
        guard let poll = makePoll(of: key) else { return }
        let isFirst = backfillQueue.beginTurn(of: key)
        finishBackfill(of: key, await poll.backfillPayloads(batch: Self.backfillBatch, isFirst: isFirst))
        await endImportIfDone(of: key.account)
    }

    private func makePoll(of key: ConnectorKey) -> ConnectorPoll? {
        guard let account = accounts[key.account] else { return nil }
        return ConnectorPoll(
            client: client(of: account.settings),
            ledger: context.ledger,
            key: key,
            settings: settings
        )
    }

    func client(of account: AccountSettings) -> BudgetedClient {
        BudgetedClient(
            api: context.api,
            rateLimiter: context.rateLimiter,
            account: account,
            statistics: context.statistics,
            clock: context.clock,
            serverClock: serverClock,
            retryDelays: settings.retryDelays
        )
    }

    private func forgetOldEvents(of record: ConnectorRecord) async {
        guard let watermark = record.watermark else { return }
        // If this fails, the next rescan tries again. Nothing depends on it.
        try? await context.ledger.moveScopeStart(
            of: record.key,
            to: watermark - Double(settings.retention),
            forgettingTunnelsAfter: settings.forgetTunnelsAfter
        )
        try? await context.ledger.deleteEvents(
            of: record.key,
            before: watermark - Double(settings.eventsRetention),
            forgettingTunnelsAfter: settings.forgetTunnelsAfter
        )
    }
}

// MARK: - Results

extension Poller {
    private func finishPoll(of key: ConnectorKey, _ result: ConnectorPoll.Result) {
        running -= 1
        defer { wakeSignal.signal() }
        // A record from before a failure of the poll may be older than one that a discovery has published.
        let record = context.ledger.connector(key)
        cost.countPoll()
        schedule.finish(
            key,
            isOpen: record.map(hasOpenWork) ?? false,
            failure: result.failure,
            at: context.clock.uptime()
        )
        if let failure = result.failure {
            guard !failure.isCancellation else { return }
            recordFailure(failure, of: key)
        } else {
            failureLog.recordSuccess(of: .poll, account: key.account, subject: key.connector)
            pollSucceeded[key] = true
        }
        guard schedule.contains(key) else { return }
        if let record { updateBackfill(of: record) }
        finishAttempt(of: key, result)
    }

    private func finishBackfill(of key: ConnectorKey, _ result: ConnectorPoll.Result) {
        running -= 1
        defer { wakeSignal.signal() }
        schedule.release(key)
        if let failure = result.failure {
            guard !failure.isCancellation else { return }
            recordFailure(failure, of: key)
        }
        guard schedule.contains(key) else { return }
        if let record = context.ledger.connector(key) {
            // If payloads could not be read, the next poll queues the connector again.
            if result.failure != nil || result.awaitsPayloads {
                backfillQueue.remove(key)
            } else {
                updateBackfill(of: record)
            }
        }
        finishAttempt(of: key, result)
    }

    private func recordFailure(_ failure: PollFailure, of key: ConnectorKey) {
        let now = context.clock.uptime()
        failureLog.recordFailure(of: .poll, account: key.account, subject: key.connector, failure, at: now)
        context.statistics.countFailure(failure, account: key.account)
        pollSucceeded[key] = false
    }

    private func finishAttempt(of key: ConnectorKey, _ result: ConnectorPoll.Result) {
        accounts[key.account]?.recordAttempt(of: key)
        if let record = context.ledger.connector(key) {
            accounts[key.account]?.update(record)
            publish(record)
        }
        recordImport(of: key, result)
        publishAccount(key.account)
        updateReadiness()
    }
}
