// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// An eventfd, by which any thread ends the curl thread's wait.
///
/// The corresponding C function is `eventfd(2)`.
struct WakeDescriptor: ~Copyable, Sendable {
    /// For `poll(2)`; readable once somebody has rung.
    let rawValue: Int32

    /// Opens a descriptor.
    ///
    /// - Returns: `nil` where the process or the system has none left.
    init?() {
        rawValue = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard rawValue >= 0 else { return nil }
    }

    deinit { close(rawValue) }

    /// Makes it readable.
    ///
    /// It fails only when 2⁶⁴ − 2 rings are unread, and then it is readable already.
    func ring() { _ = eventfd_write(rawValue, 1) }

    /// Makes it unreadable until somebody rings again.
    func silence() {
        var count: eventfd_t = 0
        _ = unsafe eventfd_read(rawValue, &count)
    }
}
