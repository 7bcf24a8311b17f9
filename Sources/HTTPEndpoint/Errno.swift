// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An error number that a system call returned.
struct Errno: Error, Hashable, CustomStringConvertible {
    let rawValue: Int32

    /// The number that the last failed call of this thread left.
    static var current: Errno { Errno(rawValue: errno) }

    /// There is no memory to be had.
    static let noMemory = Errno(rawValue: ENOMEM)

    /// The system's own words and the number.
    var description: String {
        var characters = [CChar](repeating: 0, count: 128)
        _ = unsafe strerror_r(rawValue, &characters, characters.count)
        let text = String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return "\(text) (errno \(rawValue))"
    }
}

/// Runs a system call again while a signal interrupts it: the one place where -1 becomes an error.
func retrying<Result: FixedWidthInteger>(_ call: () -> Result) throws(Errno) -> Result {
    while true {
        let result = call()
        guard result == -1 else { return result }
        let error = Errno.current
        guard error.rawValue == EINTR else { throw error }
    }
}
