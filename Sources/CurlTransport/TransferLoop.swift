// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import Glibc
import HTTPTransport

/// What the curl thread does: takes post, moves transfers on, answers, waits.
///
/// Lives on the curl thread only; never shared, so nothing in it needs to be `Sendable`.
struct TransferLoop: ~Copyable {
    /// The most transfers that libcurl is given at once.
    ///
    /// `curl_multi_perform` looks at each of them each time, so that a backlog of thousands would cost thousands
    /// of looks per byte. Those beyond wait in a line of our own.
    static let transferLimit = 64

    private let mailbox: CommandQueue
    private let settings: CurlSettings
    private let multi: MultiHandle
    private let clock = ContinuousClock()

    private var running: [Int: Transfer] = [:]
    private var waiting = PendingRequests()

    /// No deadline comes before this; `nil` where there is none at all.
    private var nextDeadline: ContinuousClock.Instant?

    /// Gets ready to run.
    ///
    /// - Throws: `.other` where libcurl has no memory or refuses an option.
    init(mailbox: CommandQueue, settings: CurlSettings) throws(TransportError) {
        let multi = try MultiHandle()
        try multi.shareConnections(perHost: settings.connectionsPerHost)
        self.multi = multi
        self.mailbox = mailbox
        self.settings = settings
    }

    /// Runs until the mailbox is stopped, then answers whoever still waits.
    mutating func run() {
        while true {
            let post = mailbox.take()
            for submission in post.submitted { accept(submission) }
            for id in post.cancelled { cancel(id) }
            if post.isStopping { return endAll(CommandQueue.stopped) }
            do {
                try advance()
                expire()
                try multi.wait(orReadable: mailbox.descriptor, atMost: restUntilDeadline())
            } catch {
                // No memory, or no poll(2). What runs is lost; the next may fare better, but not at once.
                endAll(error)
                usleep(100_000)
            }
        }
    }
}

extension TransferLoop {
    private var transferLimit: Int { max(Self.transferLimit, settings.connectionsPerHost) }

    private mutating func accept(_ submission: Submission) {
        // Cancelled on its way here: its id may have been in an earlier post, when nobody knew it. One that is
        // cancelled after this line is in a later post.
        guard !submission.cancellation.isRequested else {
            return submission.reply.resume(returning: .failure(Self.cancelled))
        }
        waiting.append(submission)
        nextDeadline = min(nextDeadline ?? submission.deadline, submission.deadline)
    }

    /// Moves everything on as far as it goes without waiting.
    private mutating func advance() throws(TransportError) {
        repeat {
            admit()
            try multi.perform()
            while let (id, result) = multi.nextFinished() {
                leave(id)?.finish(result)
            }
        } while !waiting.isEmpty && running.count < transferLimit
    }

    private mutating func admit() {
        while running.count < transferLimit, let submission = waiting.popFirst() {
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
        if let submission = waiting.remove(id) {
            submission.reply.resume(returning: .failure(Self.cancelled))
        } else if let transfer = leave(id) {
            transfer.fail(transfer.cancellationError())
        }
    }

    /// Ends what has waited long enough, and finds the next deadline.
    ///
    /// It looks at all of them, but not before one has come: requests that are answered in time cost nothing here.
    private mutating func expire() {
        guard let deadline = nextDeadline, deadline <= clock.now else { return }
        let now = clock.now
        for submission in waiting.removeExpired(at: now) {
            let text = "no connection was free within \(submission.request.timeout)."
            submission.reply.resume(returning: .failure(TransportError(.timeout, "GET: \(text)")))
        }
        for (id, transfer) in running where transfer.submission.deadline <= now {
            _ = leave(id)
            transfer.fail(transfer.timeoutError())
        }
        let inFlight = running.values.lazy.map(\.submission.deadline).min()
        nextDeadline = [inFlight, waiting.earliestDeadline].compactMap { $0 }.min()
    }

    private func restUntilDeadline() -> Duration {
        guard let nextDeadline else { return .seconds(3600) }
        return clock.now.duration(to: nextDeadline)
    }

    /// Takes a transfer out of the multi handle.
    private mutating func leave(_ id: Int) -> Transfer? {
        guard let transfer = running.removeValue(forKey: id) else { return nil }
        multi.remove(transfer.handle)
        return transfer
    }

    private mutating func endAll(_ error: TransportError) {
        while let submission = waiting.popFirst() { submission.reply.resume(returning: .failure(error)) }
        for id in Array(running.keys) { leave(id)?.fail(error) }
        nextDeadline = nil
    }

    private static let cancelled = TransportError(.cancelled, "GET: cancelled by the caller before it began.")
}
