// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Synchronization

/// The input queue of the endpoint thread, which other threads write to.
final class LoopInbox: Sendable {
    struct Reply: Sendable {
        let connection: ConnectionID
        /// The number of the request on that connection.
        let exchange: Int
        let response: Response
    }

    /// The input since the last call to `take()`.
    struct Contents: Sendable {
        /// The responses in the order of their arrival.
        var replies: [Reply] = []
        /// The time at which all connections must be closed; `nil` if no stop was requested.
        var stopDeadline: ContinuousClock.Instant?
    }

    private struct Storage {
        var contents = Contents()
        /// Whether the thread waits, or is about to wait, and needs a wake-up.
        var isAsleep = false
        /// Whether the thread has ended and accepts no input.
        var isClosed = false
    }

    private let storage = Mutex(Storage())

    /// Wakes the thread from `epoll_wait(2)`.
    private let wakeup: Wakeup

    /// The number of the descriptor to wait for.
    var wakeupDescriptor: Int32 { wakeup.descriptor.rawValue }

    /// Creates an empty queue.
    ///
    /// - Throws: an error if no descriptor is available.
    init() throws(Errno) {
        wakeup = try Wakeup()
    }

    /// Adds a response.
    ///
    /// - Returns: `false` if the thread has ended.
    func post(_ reply: Reply) -> Bool {
        change { $0.replies.append(reply) }
    }

    /// Requests a stop.
    ///
    /// The earliest deadline applies.
    func postStop(by deadline: ContinuousClock.Instant) {
        _ = change { contents in
            contents.stopDeadline = contents.stopDeadline.map { min($0, deadline) } ?? deadline
        }
    }

    /// Removes and returns the input.
    ///
    /// The thread counts as awake from here on.
    func take() -> Contents {
        storage.withLock { storage in
            storage.isAsleep = false
            defer { storage.contents = Contents() }
            return storage.contents
        }
    }

    /// Marks the thread as asleep, unless there is input.
    ///
    /// This call finds a reply that came before it. A reply that comes after it finds the thread asleep and wakes it.
    /// No reply is therefore lost, and replies of the thread itself need no system call.
    ///
    /// - Returns: whether the thread may wait.
    func prepareToSleep() -> Bool {
        storage.withLock { storage in
            storage.isAsleep = storage.contents.replies.isEmpty && storage.contents.stopDeadline == nil
            return storage.isAsleep
        }
    }

    /// Closes the queue and returns the remaining input.
    func close() -> Contents {
        storage.withLock { storage in
            storage.isClosed = true
            defer { storage.contents = Contents() }
            return storage.contents
        }
    }

    func acknowledge() { wakeup.reset() }

    private func change(_ body: (inout Contents) -> Void) -> Bool {
        let (isAccepted, mustWake) = storage.withLock { storage in
            guard !storage.isClosed else { return (false, false) }
            body(&storage.contents)
            defer { storage.isAsleep = false }
            return (true, storage.isAsleep)
        }
        if mustWake { wakeup.signal() }
        return isAccepted
    }
}
