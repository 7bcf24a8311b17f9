// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import EventLedger

/// Fetches the payloads that the event list does not contain: many with one `latest` request, the rest one by one.
struct PayloadReader: Sendable {
    /// Maximum number of concurrent requests for single events.
    private static let concurrency = 8

    /// How long a listed event may be missing at its own address, in seconds.
    ///
    /// Lists and single events come from different services, which may receive an event at different times.
    private static let settlingSeconds = 600.0

    let client: BudgetedClient
    let ledger: EventLedger
    let key: ConnectorKey

    /// Reads the newest events with their payloads, in one request.
    ///
    /// All of them are counted, like listed events. An event that is new to the ledger was listed too late for any
    /// window, or its clock is far ahead of any window, or it is newer than the list. Only the list has its collection
    /// time.
    ///
    /// - Parameter priority: The priority of the request.
    /// - Throws: if the request fails, or if the ledger cannot be written. A connector without events is not an error.
    func readLatest(priority: RequestPriority) async throws(PollFailure) {
        let latest: LatestEvents
        do {
            latest = try await client.call(.latest, priority) { (credential) async throws(APIError) in
                try await client.api.latestEvents(
                    account: key.account,
                    connector: key.connector,
                    credential: credential
                )
            }
        } catch {
            // The API answers 404 for a connector that has never reported.
            if error.reason == .api(.notFound) { return }
            throw error
        }
        client.statistics.countDiscarded(latest.malformed, .malformed)
        let events = latest.items.map {
            IncomingEvent(id: EventID(t: $0.t, n: $0.n), kind: $0.kind, collectedAt: nil)
        }
        do throws(LedgerError) {
            var outcome = try await ledger.ingest(events, of: key, isLatest: true)
            // Most of these events were counted by earlier polls, so they are not duplicates of this one.
            outcome.duplicate = 0
            client.statistics.count(outcome)
            _ = try await ledger.savePayloads(latest.items.map(EventPayload.init), of: key)
        } catch {
            throw PollFailure(error)
        }
    }

    /// Lists events whose payload is missing.
    ///
    /// - Parameters:
    ///   - start: The time of the oldest event.
    ///   - limit: The maximum number of events.
    /// - Returns: the events, newest first.
    /// - Throws: if the ledger cannot be read.
    func wanted(since start: Timestamp, atMost limit: Int) async throws(PollFailure) -> [EventID] {
        do throws(LedgerError) {
            return try await ledger.wantedPayloads(of: key, since: start, atMost: limit)
        } catch {
            throw PollFailure(error)
        }
    }

    /// Reads missing payloads, newest first.
    ///
    /// Payloads that were read before a failure are saved.
    ///
    /// - Parameters:
    ///   - start: The time of the oldest event.
    ///   - limit: The maximum number of payloads.
    ///   - priority: The priority of the requests.
    /// - Returns: whether each payload was read or will never exist. If `false`, a later poll should try again.
    /// - Throws: the first failure of a request, or of the ledger.
    @discardableResult
    func readMissing(
        since start: Timestamp,
        atMost limit: Int,
        priority: RequestPriority
    ) async throws(PollFailure) -> Bool {
        let missing = try await wanted(since: start, atMost: limit)
        let (payloads, isComplete, failure) = await fetch(missing, priority: priority)
        do throws(LedgerError) {
            _ = try await ledger.savePayloads(payloads, of: key)
        } catch {
            throw PollFailure(error)
        }
        if let failure { throw failure }
        return isComplete
    }

    private func fetch(
        _ wanted: [EventID],
        priority: RequestPriority
    ) async -> (payloads: [EventPayload], isComplete: Bool, failure: PollFailure?) {
        await withTaskGroup(of: Result<EventPayload?, PollFailure>.self) { group in
            var isComplete = true
            var payloads: [EventPayload] = []
            var failure: PollFailure?
            var remaining = wanted[...]
            for _ in 0..<Self.concurrency {
                guard await maySend(priority), let id = remaining.popFirst() else { break }
                group.addTask { await payload(of: id, priority: priority) }
            }
            while let result = await group.next() {
                switch result {
                case .success(let payload?): payloads.append(payload)
                case .success(nil): isComplete = false
                case .failure(let error): failure = failure ?? error
                }
                // After a failure, the next poll reads the rest.
                if failure == nil, await maySend(priority), let id = remaining.popFirst() {
                    group.addTask { await payload(of: id, priority: priority) }
                }
            }
            return (payloads, isComplete, failure)
        }
    }

    /// Whether the budget allows spare work.
    ///
    /// Other work waits for its turn instead.
    private func maySend(_ priority: RequestPriority) async -> Bool {
        guard priority == .spare else { return true }
        return await client.rateLimiter.hasSpare
    }

    /// Reads one payload.
    ///
    /// Returns `nil` if the API may have it later.
    private func payload(
        of id: EventID,
        priority: RequestPriority
    ) async -> Result<EventPayload?, PollFailure> {
        do throws(PollFailure) {
            let detail = try await client.call(.event, priority) { (credential) async throws(APIError) in
                try await client.api.event(
                    account: key.account,
                    connector: key.connector,
                    t: id.t,
                    n: id.n,
                    credential: credential
                )
            }
            return .success(EventPayload(detail))
        } catch {
            guard error.reason == .api(.notFound) else { return .failure(error) }
            // If a listed event is still missing at its own address after this time, it stays missing.
            let isOld = id.time < client.clock.now() - Self.settlingSeconds
            return .success(isOld ? EventPayload(unavailable: id) : nil)
        }
    }
}

extension EventPayload {
    /// Maximum length of a tunnel id in a label, in characters; Cloudflare's have 32.
    private static let longestTunnelID = 128

    fileprivate init(_ detail: EventDetail) {
        self.init(
            id: EventID(t: detail.t, n: detail.n),
            tunnelID: detail.tunnelID.map { String($0.prefix(Self.longestTunnelID)) },
            url: detail.url,
            version: detail.version
        )
    }
}
