// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem

extension Descriptor {
    /// Makes a socket of streams that never blocks and that no child process inherits.
    ///
    /// The corresponding C function is `socket(2)`.
    static func socket(_ family: Int32) throws(Errno) -> Descriptor {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        return Descriptor(adopting: try retrying { Glibc.socket(family, kind, 0) })
    }

    /// Gives the socket its address.
    ///
    /// The corresponding C function is `bind(2)`.
    borrowing func bind(to address: ListenAddress.Resolved) throws(Errno) {
        let number = rawValue
        _ = try retrying {
            unsafe address.withPointer { unsafe Glibc.bind(number, $0, address.length) }
        }
    }

    /// Connects the socket.
    ///
    /// The corresponding C function is `connect(2)`.
    borrowing func connect(to address: ListenAddress.Resolved) throws(Errno) {
        let number = rawValue
        _ = try retrying {
            unsafe address.withPointer { unsafe Glibc.connect(number, $0, address.length) }
        }
    }

    /// Reads a socket option that is a number.
    ///
    /// The corresponding C function is `getsockopt(2)`.
    borrowing func option(_ level: Int32, _ name: Int32) throws(Errno) -> Int32 {
        let number = rawValue
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        _ = try retrying { unsafe getsockopt(number, level, name, &value, &length) }
        return value
    }

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
