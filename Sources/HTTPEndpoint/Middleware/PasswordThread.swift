// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Synchronization

/// Does slow work one piece after the other on a thread of its own, which ends with this object.
///
/// One thread is enough and no more is wanted: whoever guesses passwords can keep one core busy, not all of them.
final class PasswordThread: Sendable {
    /// One piece of work.
    struct Work: Sendable {
        let run: @Sendable () -> Void
    }

    private struct Storage {
        /// In the order of their arrival.
        var queue: [Work] = []
        var isClosed = false
    }

    /// What the thread and its owner share; the thread must not hold its owner.
    private final class Queue: Sendable {
        let storage = Mutex(Storage())
        let wakeup: Wakeup

        init() throws(Errno) {
            wakeup = try Wakeup()
        }

        /// Waits for work; `nil` at the end.
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
    /// - Throws: where the process or the machine is out of descriptors or threads.
    init() throws(Errno) {
        let queue = try Queue()
        self.queue = queue
        try DetachedThread.start(named: "passwords") {
            while let works = queue.next() {
                for work in works { work.run() }
            }
        }
    }

    // What was posted is still done.
    deinit {
        queue.storage.withLock { $0.isClosed = true }
        queue.wakeup.signal()
    }

    /// Puts work at the end of the queue, which the caller keeps short.
    func post(_ work: Work) {
        queue.storage.withLock { $0.queue.append(work) }
        queue.wakeup.signal()
    }
}
