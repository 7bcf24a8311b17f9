// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The error number of a failed system call.
package struct Errno: Error, Hashable, CustomStringConvertible {
    /// The number, for example `ENOENT`.
    package let rawValue: Int32

    /// Wraps an error number.
    package init(rawValue: Int32) { self.rawValue = rawValue }

    /// The error number of the calling thread's last failed call.
    package static var current: Errno { Errno(rawValue: errno) }

    /// Out of memory.
    package static let noMemory = Errno(rawValue: ENOMEM)

    /// The C library's message, for example `No such file or directory`.
    package var message: String {
        var characters = [CChar](repeating: 0, count: 128)
        _ = unsafe strerror_r(rawValue, &characters, characters.count)
        return String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The message and the number, for example `No such file or directory (errno 2)`.
    package var description: String { "\(message) (errno \(rawValue))" }
}
