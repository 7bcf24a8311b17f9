// SPDX-License-Identifier: Apache-2.0

import EventLedger
import Glibc
import HTTPEndpoint
import LinuxSystem
import Logging
import Polling
import Synchronization

/// A pool for the queries of pages and of the API, which block on the disk.
///
/// Each query runs on a thread of its own with a low priority, and a few run at once. So queries delay neither polls nor
/// scrapes, however many clients ask. It may be used from any thread.
final class QueryPool: Sendable {
    /// Returns the response of one request.
    ///
    /// It runs on a thread of its own and may block.
    typealias Query = @Sendable (QueryContext) throws(LedgerError) -> Response

    private struct Waiter {
        let responder: Responder
        let failure: @Sendable (_ status: Int, _ message: String) -> Response
        let query: Query
    }

    private struct State {
        var waiters: [Waiter] = []
        var running = 0
        /// The open readers that no query uses.
        var readers: [EventHistory] = []
        var fleet: (index: FleetIndex, takenAt: Uptime)?
        var lastLog: Uptime?
    }

    /// The maximum number of queries that run at once.
    static let maxRunning = 2

    /// The maximum number of queries that wait for others.
    static let maxWaiting = 32

    /// The maximum age of the fleet at the time of a query, in seconds.
    private static let maxFleetAge = 1.0

    /// The minimum time between two log lines about failures, in seconds.
    private static let logPause = 60.0

    private let directory: String
    private let clock: any PollingClock
    private let logger: Logger
    private let snapshot: @Sendable () async -> FleetSnapshot
    private let state = Mutex(State())

    /// Creates a pool, without opening the ledger.
    ///
    /// - Parameters:
    ///   - directory: the storage path.
    ///   - clock: the clock.
    ///   - logger: the logger of failures.
    ///   - snapshot: returns the current fleet.
    init(
        directory: String,
        clock: any PollingClock,
        logger: Logger,
        snapshot: @escaping @Sendable () async -> FleetSnapshot
    ) {
        self.directory = directory
        self.clock = clock
        self.logger = logger
        self.snapshot = snapshot
    }

    /// Responds with the result of a query, after the queries that wait already.
    ///
    /// A query whose client has gone is not run. If too many clients wait, or the ledger cannot be read, the response has
    /// status 503.
    ///
    /// - Parameters:
    ///   - responder: receives the response.
    ///   - failure: returns the response of a failure, with a message for its reader.
    ///   - query: the query.
    func respond(
        _ responder: Responder,
        failure: @escaping @Sendable (_ status: Int, _ message: String) -> Response,
        _ query: @escaping Query
    ) {
        let (isAccepted, mustStart) = state.withLock { state -> (Bool, Bool) in
            if state.waiters.count >= Self.maxWaiting {
                state.waiters.removeAll(where: \.responder.isAbandoned)
            }
            guard state.waiters.count < Self.maxWaiting else { return (false, false) }
            state.waiters.append(Waiter(responder: responder, failure: failure, query: query))
            guard state.running < Self.maxRunning else { return (true, false) }
            state.running += 1
            return (true, true)
        }
        if !isAccepted {
            responder.send(
                Self.retryable(failure(503, "Too many clients wait for queries; try again later."))
            )
        }
        if mustStart { Task { await run() } }
    }

    /// Runs queries until none waits.
    private func run() async {
        while let waiter = next() {
            let fleet = await recentFleet()
            let response = await LowPriorityThread.run(named: "query") { [self] in answer(waiter, fleet) }
            let busy = "The system has no thread for the query; try again later."
            waiter.responder.send(response ?? Self.retryable(waiter.failure(503, busy)))
        }
    }

    /// Removes the next query whose client still waits; `nil` if no query waits.
    private func next() -> Waiter? {
        state.withLock { state in
            state.waiters.removeAll(where: \.responder.isAbandoned)
            guard !state.waiters.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiters.removeFirst()
        }
    }

    private static func retryable(_ response: Response) -> Response {
        var response = response
        response.headers.append(("Retry-After", "1"))
        return response
    }
}

// MARK: - On the thread of a query

extension QueryPool {
    /// The fleet, or a snapshot that is not indexed yet.
    private enum RecentFleet {
        case index(FleetIndex)
        case snapshot(FleetSnapshot, takenAt: Uptime)
    }

    /// Returns a fleet that is new enough.
    private func recentFleet() async -> RecentFleet {
        let now = clock.uptime()
        let stored = state.withLock { $0.fleet }
        if let stored, now - stored.takenAt < Self.maxFleetAge { return .index(stored.index) }
        return .snapshot(await snapshot(), takenAt: now)
    }

    private func index(_ fleet: RecentFleet) -> FleetIndex {
        switch fleet {
        case .index(let index):
            return index
        case .snapshot(let snapshot, let takenAt):
            let index = FleetIndex(snapshot)
            state.withLock { $0.fleet = (index, takenAt) }
            return index
        }
    }

    private func answer(_ waiter: Waiter, _ fleet: RecentFleet) -> Response {
        var reader = state.withLock { $0.readers.popLast() }
        do throws(LedgerError) {
            let context = QueryContext(
                fleet: index(fleet),
                now: clock.now(),
                history: { [directory] () throws(LedgerError) in
                    if let reader { return reader }
                    let opened = try EventHistory(directory: directory)
                    reader = opened
                    return opened
                },
                isCancelled: {
                    // Otherwise a scrape could wait until this thread has used its time slice of some milliseconds.
                    sched_yield()
                    return waiter.responder.isAbandoned
                }
            )
            let response = try waiter.query(context)
            if let reader { state.withLock { $0.readers.append(reader) } }
            return response
        } catch {
            // A new reader may succeed, for example after the file was restored.
            log(error)
            return Self.retryable(
                waiter.failure(503, "The ledger cannot be read; see the log of the exporter.")
            )
        }
    }

    private func log(_ error: LedgerError) {
        let now = clock.uptime()
        let mustLog = state.withLock { state in
            if let last = state.lastLog, now - last < Self.logPause { return false }
            state.lastLog = now
            return true
        }
        guard mustLog else { return }
        logger.error(
            "ledger not readable; pages and the API respond with 503",
            metadata: ["event": "history_read_failed", "error": "\(error)"]
        )
    }
}
