// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import Glibc
import HTTPTransport

/// The loop of the curl thread: it receives commands, runs transfers, resumes callers, and waits.
///
/// It never leaves the curl thread, so it is not `Sendable`.
struct TransferLoop: ~Copyable {
    /// The maximum number of transfers in the multi handle.
    ///
    /// `curl_multi_perform` checks every transfer in each call. Thousands of transfers would cost thousands of checks
    /// for each received byte, so further requests wait in `pending`.
    static let transferLimit = 64

    private let queue: CommandQueue
    private let settings: CurlSettings
    private let multi: MultiHandle
    private let clock = ContinuousClock()

    private var running: [Int: Transfer] = [:]
    private var pending = PendingRequests()

    /// A time that is not after any deadline; `nil` if no request is running or pending.
    private var nextDeadline: ContinuousClock.Instant?

    /// Creates a loop without transfers.
    ///
    /// - Throws: `.other` if no memory is left, or libcurl rejects an option.
    init(queue: CommandQueue, settings: CurlSettings) throws(TransportError) {
        let multi = try MultiHandle()
        try multi.shareConnections(perHost: settings.connectionsPerHost)
        self.multi = multi
        self.queue = queue
        self.settings = settings
    }

    /// Runs until the queue is stopped, then fails the remaining requests.
    mutating func run() {
        while true {
            let commands = queue.takeAll()
            for submission in commands.submitted { accept(submission) }
            for id in commands.cancelled { cancel(id) }
            if commands.isStopping { return failAll(CommandQueue.stopped) }
            do {
                try advance()
                failExpired()
                try multi.wait(orReadable: queue.descriptor, atMost: timeUntilDeadline())
            } catch {
                // Out of memory, or poll(2) failed. The pause keeps later requests from failing in a busy loop.
                failAll(error)
                usleep(100_000)
            }
        }
    }
}

extension TransferLoop {
    private var transferLimit: Int { max(Self.transferLimit, settings.connectionsPerHost) }

    private mutating func accept(_ submission: Submission) {
        // If the task was cancelled before its submission, an earlier batch may have contained the id, when it was
        // unknown here. If it is cancelled after this check, a later batch contains the id.
        guard !submission.cancellation.isRequested else {
            return submission.reply.resume(returning: .failure(Self.cancelled))
        }
        pending.append(submission)
        nextDeadline = min(nextDeadline ?? submission.deadline, submission.deadline)
    }

    /// Continues all transfers as far as possible without waiting.
    private mutating func advance() throws(TransportError) {
        repeat {
            startPending()
            try multi.perform()
            while let (id, result) = multi.nextFinished() {
                detach(id)?.finish(result)
            }
        } while !pending.isEmpty && running.count < transferLimit
    }

    private mutating func startPending() {
        while running.count < transferLimit, let submission = pending.popFirst() {
            do throws(TransportError) {
                try start(submission)
            } catch {
                submission.reply.resume(returning: .failure(error))
            }
        }
    }

    private mutating func start(_ submission: Submission) throws(TransportError) {
        let transfer = try Transfer(submission, settings)
        try multi.add(transfer.handle)
        running[submission.id] = transfer
    }

    private mutating func cancel(_ id: Int) {
        if let submission = pending.remove(id) {
            submission.reply.resume(returning: .failure(Self.cancelled))
        } else if let transfer = detach(id) {
            transfer.fail(transfer.cancellationError())
        }
    }

    /// Fails the requests whose deadline has passed, and computes the next deadline.
    ///
    /// It checks all requests, but only after `nextDeadline`. Requests that finish in time therefore cost nothing here.
    private mutating func failExpired() {
        guard let deadline = nextDeadline, deadline <= clock.now else { return }
        let now = clock.now
        for submission in pending.removeExpired(at: now) {
            let text = "no connection was free within \(submission.request.timeout)"
            submission.reply.resume(returning: .failure(TransportError(.timeout, "GET: \(text)")))
        }
        for (id, transfer) in running where transfer.submission.deadline <= now {
            _ = detach(id)
            transfer.fail(transfer.timeoutError())
        }
        let earliestRunning = running.values.lazy.map(\.submission.deadline).min()
        nextDeadline = [earliestRunning, pending.earliestDeadline].compactMap { $0 }.min()
    }

    private func timeUntilDeadline() -> Duration {
        guard let nextDeadline else { return .seconds(3600) }
        return clock.now.duration(to: nextDeadline)
    }

    /// Removes a transfer from the multi handle, and returns it; returns `nil` if it is not running.
    private mutating func detach(_ id: Int) -> Transfer? {
        guard let transfer = running.removeValue(forKey: id) else { return nil }
        multi.remove(transfer.handle)
        return transfer
    }

    private mutating func failAll(_ error: TransportError) {
        while let submission = pending.popFirst() { submission.reply.resume(returning: .failure(error)) }
        for id in Array(running.keys) { detach(id)?.fail(error) }
        nextDeadline = nil
    }

    private static let cancelled = TransportError(.cancelled, "GET: cancelled by the caller before the start")
}
