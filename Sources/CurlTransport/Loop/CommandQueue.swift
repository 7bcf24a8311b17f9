// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import LinuxSystem
import Synchronization

/// The queue through which tasks send commands to the curl thread, the only state that both share.
final class CommandQueue: Sendable {
    /// The commands that the curl thread has not received.
    struct PendingCommands {
        var submitted: [Submission] = []
        /// Ids of cancelled requests, some of which may have ended already.
        var cancelled: [Int] = []
        /// Whether the thread must end.
        var isStopping = false
    }

    private struct Storage {
        var commands = PendingCommands()
        /// Whether the wakeup is signalled since the last `takeAll()`.
        ///
        /// One signal is enough for any number of commands.
        var isSignalled = false
        /// The error for further requests, set when the queue accepts no more.
        var closingError: TransportError?
        /// The continuations of `waitUntilClosed()`.
        var shutdownWaiters: [CheckedContinuation<Void, Never>] = []
        /// Whether the thread has freed all its resources.
        var isClosed = false

        /// Marks the wakeup as signalled, and returns whether the caller must signal it.
        mutating func needsSignal() -> Bool {
            defer { isSignalled = true }
            return !isSignalled
        }
    }

    private let storage = Mutex(Storage())
    private let wakeup: Wakeup

    /// Creates an empty queue.
    ///
    /// - Throws: `.other` if no descriptor is left.
    init() throws(TransportError) {
        do throws(Errno) {
            wakeup = try Wakeup()
        } catch {
            throw TransportError(.other, "cannot open an eventfd for the libcurl thread: \(error)")
        }
    }

    /// The descriptor for `poll(2)`, readable if commands are pending.
    var descriptor: Int32 { wakeup.descriptor.rawValue }

    /// Sends a request to the curl thread, or fails it at once if the queue is closed.
    func submit(_ submission: Submission) {
        let (error, mustSignal) = storage.withLock { storage in
            guard storage.closingError == nil else { return (storage.closingError, false) }
            storage.commands.submitted.append(submission)
            return (nil, storage.needsSignal())
        }
        if let error { submission.reply.resume(returning: .failure(error)) }
        if mustSignal { wakeup.signal() }
    }

    /// Cancels a request, whether it is pending, active or finished.
    func cancel(_ id: Int) {
        let mustSignal = storage.withLock { storage in
            // A closed queue has no reader, and would grow.
            guard !storage.isClosed else { return false }
            storage.commands.cancelled.append(id)
            return storage.needsSignal()
        }
        if mustSignal { wakeup.signal() }
    }

    /// Stops the curl thread; later requests fail with `.cancelled`.
    func stop() {
        let mustSignal = storage.withLock { storage in
            storage.commands.isStopping = true
            if storage.closingError == nil { storage.closingError = Self.stopped }
            return storage.needsSignal()
        }
        if mustSignal { wakeup.signal() }
    }

    /// Removes and returns all commands.
    ///
    /// Only the curl thread may call it.
    func takeAll() -> PendingCommands {
        // The order matters. A signal between the two statements ends the next wait at once. In the other order, a
        // command that arrives between them would stay in the queue with the wakeup reset.
        wakeup.reset()
        return storage.withLock { storage in
            let commands = storage.commands
            storage.commands = PendingCommands(isStopping: commands.isStopping)
            storage.isSignalled = false
            return commands
        }
    }

    /// Closes the queue, fails its requests, and resumes the tasks in `waitUntilClosed()`.
    ///
    /// - Parameter error: The error for these and all later requests, unless `stop()` was called before.
    func close(_ error: TransportError) {
        let (submissions, error, waiters) = storage.withLock { storage in
            let error = storage.closingError ?? error
            let submissions = storage.commands.submitted
            let waiters = storage.shutdownWaiters
            storage.closingError = error
            storage.commands = PendingCommands(isStopping: true)
            storage.shutdownWaiters = []
            storage.isClosed = true
            return (submissions, error, waiters)
        }
        for submission in submissions { submission.reply.resume(returning: .failure(error)) }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits for `close(_:)`.
    func waitUntilClosed() async {
        await withCheckedContinuation { waiter in
            let isClosed = storage.withLock { storage in
                if !storage.isClosed { storage.shutdownWaiters.append(waiter) }
                return storage.isClosed
            }
            if isClosed { waiter.resume() }
        }
    }

    /// The error of requests that end because of `stop()`.
    static let stopped = TransportError(.cancelled, "the transport has been shut down")
}
