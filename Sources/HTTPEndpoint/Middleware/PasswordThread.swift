// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Synchronization

/// A serial queue for slow work on its own thread, which ends with this object.
///
/// One thread suffices: an attacker who guesses passwords can use one core, not all.
final class PasswordThread: Sendable {
    /// One unit of work.
    ///
    /// The closure is in a struct, as in `SharedState.HandlerBox`.
    struct Work: Sendable {
        let run: @Sendable () -> Void
    }

    private struct Storage {
        var queue: [Work] = []
        var isClosed = false
    }

    /// The state that the thread shares with its owner.
    ///
    /// The thread must not retain the owner, which would never end.
    private final class Queue: Sendable {
        let storage = Mutex(Storage())
        let wakeup: Wakeup

        init() throws(Errno) {
            wakeup = try Wakeup()
        }

        /// Waits for work and returns it; `nil` after the queue is closed.
        func next() -> [Work]? {
            while true {
                let (work, isClosed) = storage.withLock { storage in
                    defer { storage.queue = [] }
                    return (storage.queue, storage.isClosed)
                }
                if !work.isEmpty { return work }
                if isClosed { return nil }
                // A post since the check above has signalled, so that this wait ends at once.
                wakeup.wait()
            }
        }
    }

    private let queue: Queue

    /// Starts the thread.
    ///
    /// - Throws: an error if no descriptor or no thread is available.
    init() throws(Errno) {
        let queue = try Queue()
        self.queue = queue
        try DetachedThread.start(named: "passwords") {
            while let batch = queue.next() {
                for work in batch { work.run() }
            }
        }
    }

    // The thread completes the queued work first.
    deinit {
        queue.storage.withLock { $0.isClosed = true }
        queue.wakeup.signal()
    }

    /// Appends work.
    ///
    /// The caller bounds the length of the queue.
    func post(_ work: Work) {
        queue.storage.withLock { $0.queue.append(work) }
        queue.wakeup.signal()
    }
}
