// SPDX-License-Identifier: Apache-2.0

import Glibc

extension Descriptor {
    /// Writes all bytes, and waits as long as the descriptor accepts none.
    ///
    /// - Throws: the error of the system call; some of the bytes may be written then.
    package borrowing func writeAll(_ bytes: [UInt8]) throws(Errno) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try retrying {
                unsafe rest.withUnsafeBytes { unsafe Glibc.write(rawValue, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
    }
}
