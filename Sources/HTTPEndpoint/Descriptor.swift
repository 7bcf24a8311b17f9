// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Sole owner of one file descriptor, which is closed when the value goes away.
struct Descriptor: ~Copyable, Sendable {
    /// The number, valid as long as this value lives.
    let rawValue: Int32

    /// Takes over a descriptor that nothing else closes.
    init(adopting rawValue: Int32) { self.rawValue = rawValue }

    // The result is not looked at: Linux has closed the descriptor whatever close(2) returns, and to try again
    // could close the number's next owner.
    deinit { close(rawValue) }
}
