// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Synchronization

/// What other threads hand to the endpoint thread, and how they wake it.
final class LoopInbox: Sendable {
    /// A response on its way to its connection.
    struct Reply: Sendable {
        /// The connection that the request came from.
        let connection: ConnectionID
        /// The request's number on that connection.
        let exchange: Int
        /// What to send.
        let response: Response
        /// When to send it; `nil` is at once.
        let due: ContinuousClock.Instant?
    }

    /// What has arrived since the thread last looked.
    struct Contents: Sendable {
        /// In the order of their arrival.
        var replies: [Reply] = []
        /// When whatever is still open must close; `nil` where nobody has asked to stop.
        var stopDeadline: ContinuousClock.Instant?
    }

    private struct Storage {
        var contents = Contents()
        /// Whether the thread waits, or is about to, and must be woken.
        var isAsleep = false
        /// Whether the thread has ended, so that nobody will look again.
        var isClosed = false
    }

    private let storage = Mutex(Storage())

    /// Wakes the thread from `epoll_wait(2)`.
    private let wakeup: Wakeup

    /// The number of the descriptor to wait for.
    var wakeupDescriptor: Int32 { wakeup.descriptor.rawValue }

    /// Makes an empty mailbox.
    ///
    /// - Throws: where the process or the machine is out of descriptors.
    init() throws(Errno) {
        wakeup = try Wakeup()
    }

    /// Hands a response over.
    ///
    /// - Returns: whether the thread will see it.
    func post(_ reply: Reply) -> Bool {
        change { $0.replies.append(reply) }
    }

    /// Asks the thread to end; the earliest deadline holds.
    func postStop(by deadline: ContinuousClock.Instant) {
        _ = change { contents in
            contents.stopDeadline = contents.stopDeadline.map { min($0, deadline) } ?? deadline
        }
    }

    /// Takes everything; the thread is awake from here on.
    func take() -> Contents {
        storage.withLock { storage in
            storage.isAsleep = false
            defer { storage.contents = Contents() }
            return storage.contents
        }
    }

    /// Says that the thread is about to wait.
    ///
    /// A reply that comes before this call is seen by it, and one that comes after finds the thread asleep and rings
    /// the alarm; so none is ever left lying, and the thread's own replies cost no system call.
    ///
    /// - Returns: whether there is nothing to do, so that waiting is right.
    func prepareToSleep() -> Bool {
        storage.withLock { storage in
            storage.isAsleep = storage.contents.replies.isEmpty && storage.contents.stopDeadline == nil
            return storage.isAsleep
        }
    }

    /// Ends the mailbox and takes what was still in it.
    func close() -> Contents {
        storage.withLock { storage in
            storage.isClosed = true
            defer { storage.contents = Contents() }
            return storage.contents
        }
    }

    /// Silences the alarm.
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
