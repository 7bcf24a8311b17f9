// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem

extension Descriptor {
    /// Creates a nonblocking stream socket that is closed on exec.
    ///
    /// The corresponding C function is `socket(2)`.
    static func socket(_ family: Int32) throws(Errno) -> Descriptor {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        return Descriptor(adopting: try retrying { Foundation.socket(family, kind, 0) })
    }

    /// Binds the socket to an address.
    ///
    /// The corresponding C function is `bind(2)`.
    borrowing func bind(to address: ListenAddress.Resolved) throws(Errno) {
        let number = rawValue
        _ = try retrying {
            unsafe address.withPointer { unsafe Foundation.bind(number, $0, address.length) }
        }
    }

    /// Marks the socket as listening.
    ///
    /// The corresponding C function is `listen(2)`.
    borrowing func listen() throws(Errno) {
        let number = rawValue
        _ = try retrying { Foundation.listen(number, SOMAXCONN) }
    }

    /// Connects the socket.
    ///
    /// The corresponding C function is `connect(2)`.
    borrowing func connect(to address: ListenAddress.Resolved) throws(Errno) {
        let number = rawValue
        _ = try retrying {
            unsafe address.withPointer { unsafe Foundation.connect(number, $0, address.length) }
        }
    }

    /// The event `POLLRDHUP` of `poll(2)`, which Glibc's module does not declare.
    private static let peerEndedStream: Int16 = 0x2000

    /// Whether the peer has disconnected, or has shut down its sending side.
    ///
    /// The corresponding C function is `poll(2)`.
    var hasPeerEndedStream: Bool {
        var entry = pollfd(fd: rawValue, events: Self.peerEndedStream, revents: 0)
        return unsafe poll(&entry, 1, 0) > 0
    }

    /// Returns an integer socket option.
    ///
    /// The corresponding C function is `getsockopt(2)`.
    borrowing func option(_ level: Int32, _ name: Int32) throws(Errno) -> Int32 {
        let number = rawValue
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        _ = try retrying { unsafe getsockopt(number, level, name, &value, &length) }
        return value
    }

    /// Sets an integer socket option.
    ///
    /// The corresponding C function is `setsockopt(2)`.
    borrowing func setOption(_ level: Int32, _ name: Int32, _ value: Int32) throws(Errno) {
        let number = rawValue
        var value = value
        _ = try retrying {
            unsafe setsockopt(number, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    /// Makes `close(2)` send RST and discard unsent data.
    ///
    /// Source: socket(7), `SO_LINGER` with a timeout of 0.
    borrowing func resetWhenClosed() throws(Errno) {
        let number = rawValue
        var value = linger(l_onoff: 1, l_linger: 0)
        _ = try retrying {
            unsafe setsockopt(number, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
        }
    }
}
