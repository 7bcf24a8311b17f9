// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import LinuxSystem
import Synchronization

/// What the tasks that send and the curl thread share, and the only thing that they do.
final class CommandQueue: Sendable {
    /// What lies there for the curl thread.
    struct PendingCommands {
        /// Requests in the order of their sending.
        var submitted: [Submission] = []
        /// Ids of requests, some of which may have ended already.
        var cancelled: [Int] = []
        /// Whether the thread should end.
        var isStopping = false
    }

    private struct Storage {
        var post = PendingCommands()
        /// Whether the bell has been rung since the post was last taken: one ring is enough for any number.
        var isRung = false
        /// Set once nobody will take the post any more: what every further request is told.
        var closed: TransportError?
        /// Those who wait for the thread's end.
        var mourners: [CheckedContinuation<Void, Never>] = []
        /// Whether the thread has freed all that it had.
        var isOver = false

        /// Notes that the bell is rung; `true` where the caller is the first and has to ring it.
        mutating func ring() -> Bool {
            defer { isRung = true }
            return !isRung
        }
    }

    private let storage = Mutex(Storage())
    private let bell: Wakeup

    /// Opens a mailbox.
    ///
    /// - Throws: `.other` where there is no descriptor left.
    init() throws(TransportError) {
        do throws(Errno) {
            bell = try Wakeup()
        } catch {
            throw TransportError(.other, "cannot open an eventfd for the libcurl thread: \(error)")
        }
    }

    /// For `poll(2)`: readable when there is post.
    var descriptor: Int32 { bell.descriptor.rawValue }

    /// Hands a request to the curl thread, or fails it at once where there is none.
    func submit(_ submission: Submission) {
        let (closed, isFirst) = storage.withLock { storage in
            guard storage.closed == nil else { return (storage.closed, false) }
            storage.post.submitted.append(submission)
            return (nil, storage.ring())
        }
        if let closed { submission.reply.resume(returning: .failure(closed)) }
        if isFirst { bell.signal() }
    }

    /// Ends a request, wherever it is.
    func cancel(_ id: Int) {
        let isFirst = storage.withLock { storage in
            // Nobody would ever take it.
            guard !storage.isOver else { return false }
            storage.post.cancelled.append(id)
            return storage.ring()
        }
        if isFirst { bell.signal() }
    }

    /// Asks the curl thread to end; every further request is cancelled.
    func stop() {
        let isFirst = storage.withLock { storage in
            storage.post.isStopping = true
            if storage.closed == nil { storage.closed = Self.stopped }
            return storage.ring()
        }
        if isFirst { bell.signal() }
    }

    /// Takes all that lies there.
    ///
    /// For the curl thread only.
    func take() -> PendingCommands {
        // In this order: a ring between the two lines is answered by the next wait, which ends at once. The other
        // way round, post that came between them would lie there with the bell silenced.
        bell.reset()
        return storage.withLock { storage in
            let post = storage.post
            storage.post = PendingCommands(isStopping: post.isStopping)
            storage.isRung = false
            return post
        }
    }

    /// Takes no more post, fails what lies there, and tells those who wait that all is over.
    ///
    /// - Parameter error: what every further request is told, unless `stop()` has said it before.
    func close(_ error: TransportError) {
        let (left, reason, mourners) = storage.withLock { storage in
            let reason = storage.closed ?? error
            let left = storage.post.submitted
            let mourners = storage.mourners
            storage.closed = reason
            storage.post = PendingCommands(isStopping: true)
            storage.mourners = []
            storage.isOver = true
            return (left, reason, mourners)
        }
        for submission in left { submission.reply.resume(returning: .failure(reason)) }
        for mourner in mourners { mourner.resume() }
    }

    /// Waits for `close(_:)`.
    func over() async {
        await withCheckedContinuation { mourner in
            let isOver = storage.withLock { storage in
                if !storage.isOver { storage.mourners.append(mourner) }
                return storage.isOver
            }
            if isOver { mourner.resume() }
        }
    }

    /// What is said of a request that ends with the transport.
    static let stopped = TransportError(.cancelled, "The transport has been shut down.")
}
