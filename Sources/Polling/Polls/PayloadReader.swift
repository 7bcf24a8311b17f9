// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import EventLedger

/// Fetches the payloads that the list does not carry: first many at once from `latest`, then one by one.
struct PayloadReader: Sendable {
    /// Single events that are asked for at the same time.
    private static let parallel = 8

    /// For how long a list may show an event that the API does not have under its own address, in seconds.
    ///
    /// Lists and single events come from different places, which need not know an event at the same moment.
    private static let settlingSeconds = 600.0

    let client: BudgetedClient
    let ledger: EventLedger
    let key: ConnectorKey

    /// Reads the newest events with their payloads, in one request.
    ///
    /// All of them are counted by their identities, as the list's are: one that the ledger has not seen was
    /// shown later than any window reaches back, or is from a clock so far ahead that no window reaches it
    /// yet, or came since the list was read. When it was collected, only the list tells, if it ever does.
    ///
    /// - Parameter priority: who waits when the budget is short.
    /// - Throws: when the request fails, or when the ledger cannot keep its answer; not where there is no
    ///   latest event.
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
            // A connector that has never reported has no latest events; the single events tell the same.
            if error.reason == APIError.Reason.notFound.rawValue { return }
            throw error
        }
        client.statistics.countDiscarded(latest.malformed, reason: "malformed")
        let events = latest.items.map {
            IncomingEvent(id: EventID(t: $0.t, n: $0.n), kind: $0.kind, collectedAt: nil)
        }
        do throws(LedgerError) {
            // Most of these were counted long ago, which is not worth a count as a duplicate of this poll.
            var outcome = try await ledger.ingest(events, of: key, isLatest: true)
            outcome.duplicate = 0
            client.statistics.count(outcome)
            _ = try await ledger.keep(latest.items.map(EventPayload.init), of: key)
        } catch {
            throw PollFailure(error)
        }
    }

    /// Events whose payload is not known, newest first.
    ///
    /// - Parameters:
    ///   - start: in seconds since the Unix epoch.
    ///   - limit: the most to name.
    /// - Returns: their identities.
    /// - Throws: when the ledger cannot be read.
    func wanted(since start: Int, atMost limit: Int) async throws(PollFailure) -> [EventID] {
        do throws(LedgerError) {
            return try await ledger.wantedPayloads(of: key, since: start, atMost: limit)
        } catch {
            throw PollFailure(error)
        }
    }

    /// Reads single events, newest first; what was read before a failure is kept.
    ///
    /// - Parameters:
    ///   - start: in seconds since the Unix epoch.
    ///   - limit: the most to read.
    ///   - priority: who waits when the budget is short.
    /// - Returns: whether all of them could be had, or never will be; others are worth asking for later.
    /// - Throws: the first failure of a request, or that the ledger cannot be read or written.
    @discardableResult
    func readMissing(
        since start: Int,
        atMost limit: Int,
        priority: RequestPriority
    ) async throws(PollFailure) -> Bool {
        let missing = try await wanted(since: start, atMost: limit)
        let (payloads, isWhole, failure) = await fetch(missing, priority: priority)
        do throws(LedgerError) {
            _ = try await ledger.keep(payloads, of: key)
        } catch {
            throw PollFailure(error)
        }
        if let failure { throw failure }
        return isWhole
    }

    private func fetch(
        _ wanted: [EventID],
        priority: RequestPriority
    ) async -> (payloads: [EventPayload], isWhole: Bool, failure: PollFailure?) {
        await withTaskGroup(of: Result<EventPayload?, PollFailure>.self) { group in
            var isWhole = true
            var payloads: [EventPayload] = []
            var failure: PollFailure?
            var remaining = wanted[...]
            for _ in 0..<Self.parallel {
                guard await mayGoOn(priority), let id = remaining.popFirst() else { break }
                group.addTask { await payload(of: id, priority: priority) }
            }
            while let result = await group.next() {
                switch result {
                case .success(let payload?): payloads.append(payload)
                case .success(nil): isWhole = false
                case .failure(let error): failure = failure ?? error
                }
                // After a failure no more are asked for: the next poll goes on.
                if failure == nil, await mayGoOn(priority), let id = remaining.popFirst() {
                    group.addTask { await payload(of: id, priority: priority) }
                }
            }
            return (payloads, isWhole, failure)
        }
    }

    /// Whether spare work has something left to spend; other work waits its turn.
    private func mayGoOn(_ priority: RequestPriority) async -> Bool {
        guard priority == .spare else { return true }
        return await client.gate.hasSpare
    }

    /// Asks for one payload; `nil` where it is too early to say that there is none.
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
            guard error.reason == APIError.Reason.notFound.rawValue else { return .failure(error) }
            // The list shows the event and the API does not have it, which for an old one will not change.
            let isOld = Double(id.t) < client.clock.now() - Self.settlingSeconds
            return .success(isOld ? EventPayload(unavailable: id) : nil)
        }
    }
}

extension EventPayload {
    /// The longest tunnel id that becomes a label, in characters; Cloudflare's have 32.
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
