// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// An event counter that wakes a thread from `epoll_wait(2)` or `poll(2)`.
///
/// Any thread may call `signal()`. The descriptor then is readable until the waiting thread calls `reset()`.
///
/// The corresponding C function is `eventfd(2)`.
package struct Wakeup: ~Copyable, Sendable {
    /// The descriptor to wait for; it never blocks.
    package let descriptor: Descriptor

    /// Opens the event counter.
    ///
    /// - Throws: `EMFILE`, `ENFILE` or `ENOMEM`.
    package init() throws(Errno) {
        descriptor = Descriptor(adopting: try retrying { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) })
    }

    /// Makes the descriptor readable.
    ///
    /// Several signals before a reset count as one.
    package borrowing func signal() {
        // The call fails only if 2⁶⁴ − 2 signals are unread, and then the descriptor is readable already.
        _ = eventfd_write(descriptor.rawValue, 1)
    }

    /// Makes the descriptor unreadable until the next signal.
    ///
    /// Reset before you look for work. A signal that arrives in between then ends the next wait at once.
    package borrowing func reset() {
        var count: eventfd_t = 0
        _ = unsafe eventfd_read(descriptor.rawValue, &count)
    }

    /// Waits for a signal, and resets it.
    package borrowing func wait() {
        let number = descriptor.rawValue
        var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        // The only errors besides EINTR are a bad address and lack of memory. The caller then looks for work once
        // too often.
        _ = try? retrying { unsafe poll(&waiting, 1, -1) }
        reset()
    }
}
