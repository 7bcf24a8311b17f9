// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A blocking stream socket, which is closed when its last reference goes away.
///
/// Only threads of their own use it, never the cooperative pool.
final class WireSocket: Sendable {
    let descriptor: Int32

    init(adopting descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Creates a socket that no child process inherits.
    ///
    /// - Returns: `nil` if the process has no free descriptor; `errno` has the reason.
    convenience init?(family: Int32) {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { return nil }
        self.init(adopting: descriptor)
    }

    /// Connects to a server on this machine.
    ///
    /// - Returns: `nil` if the server does not accept; `errno` has the reason.
    convenience init?(connectedTo address: WireAddress) {
        self.init(family: address.family)
        guard unsafe address.pass(to: Glibc.connect, descriptor) == 0 else { return nil }
    }

    /// Waits for the next client.
    ///
    /// - Returns: `nil` if the socket does not listen any more; `errno` has the reason.
    func accept() -> WireSocket? {
        let client = Glibc.accept(descriptor, nil, nil)
        guard client >= 0 else { return nil }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        return WireSocket(adopting: client)
    }

    /// Receives bytes into a part of a buffer.
    ///
    /// - Returns: 0 if the connection has ended.
    func receive(into buffer: inout [UInt8], from start: Int = 0) -> Int {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start, 0)
            }
            if count < 0, errno == EINTR { continue }
            return max(0, count)
        }
    }

    /// Sends all bytes of a part of a buffer.
    ///
    /// - Returns: `false` if the connection has ended, or the peer has read nothing for the send timeout.
    func send(_ bytes: [UInt8], _ part: Range<Int>) -> Bool {
        var left = part
        while !left.isEmpty {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(
                    descriptor,
                    $0.baseAddress?.advanced(by: left.lowerBound),
                    left.count,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            left = (left.lowerBound + count)..<left.upperBound
        }
        return true
    }

    /// Sends all bytes of a buffer.
    func send(_ bytes: [UInt8]) -> Bool { send(bytes, 0..<bytes.count) }

    /// The event `POLLRDHUP` of `poll(2)`, which Glibc's module does not declare.
    private static let peerSendsNoMore: Int16 = 0x2000

    /// Waits for the end of the connection.
    ///
    /// - Parameters:
    ///   - time: the longest wait.
    ///   - halfClosed: whether it is enough that the peer sends no more.
    /// - Returns: whether the connection has ended.
    func hasEnded(within time: Duration, halfClosed: Bool) -> Bool {
        let events = halfClosed ? Self.peerSendsNoMore : 0
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        let deadline = ContinuousClock.now + time
        repeat {
            // Rounded up, so that a wait never ends early.
            let left = max(.zero, deadline - .now)
            let milliseconds = min((left / .milliseconds(1)).rounded(.up), Double(Int32.max))
            let count = unsafe poll(&entry, 1, Int32(milliseconds))
            if count > 0 { return true }
        } while .now < deadline
        return false
    }

    /// Ends one direction or both; threads that wait for the socket continue.
    func shutDown(_ how: Int = Int(SHUT_RDWR)) { Glibc.shutdown(descriptor, Int32(how)) }

    /// Makes closing the socket send RST, and ends waits for what the peer sends (socket(7), `SO_LINGER`).
    func resetWhenClosed() {
        set(SO_LINGER, linger(l_onoff: 1, l_linger: 0))
        shutDown(Int(SHUT_RD))
    }

    func set<Value: BitwiseCopyable>(_ option: Int32, level: Int32 = SOL_SOCKET, _ value: Value) {
        var value = value
        _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Value>.size))
    }
}
