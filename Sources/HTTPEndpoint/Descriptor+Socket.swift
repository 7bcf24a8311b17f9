// SPDX-License-Identifier: Apache-2.0

import Glibc

extension Descriptor {
    /// Sets a socket option that is a number.
    ///
    /// The corresponding C function is `setsockopt(2)`.
    borrowing func setOption(_ level: Int32, _ name: Int32, _ value: Int32) throws(Errno) {
        let number = rawValue
        var value = value
        _ = try retrying {
            unsafe setsockopt(number, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    /// Makes closing send RST: what the kernel has not sent yet is dropped.
    ///
    /// Source: socket(7), `SO_LINGER` with a time of 0.
    borrowing func resetWhenClosed() throws(Errno) {
        let number = rawValue
        var value = linger(l_onoff: 1, l_linger: 0)
        _ = try retrying {
            unsafe setsockopt(number, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
        }
    }
}
