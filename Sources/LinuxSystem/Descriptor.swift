// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An open file descriptor with exactly one owner.
///
/// The descriptor is closed at the end of the value's lifetime.
package struct Descriptor: ~Copyable, Sendable {
    /// The descriptor's number, valid for the lifetime of this value.
    package let rawValue: Int32

    /// Takes ownership of a descriptor that no other code closes.
    package init(adopting rawValue: Int32) { self.rawValue = rawValue }

    // The result is ignored: Linux closes the descriptor whatever close(2) returns. A second close could hit a new
    // file that has the same number.
    deinit { close(rawValue) }
}
