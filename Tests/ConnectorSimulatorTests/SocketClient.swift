// SPDX-License-Identifier: Apache-2.0

import Glibc

/// One connection to a loopback port, and everything that comes back on it.
final class SocketClient {
    /// How reading ended.
    enum Ending: Equatable, Sendable {
        /// The server closed in order.
        case closed
        /// The connection was reset.
        case reset
        /// Nothing came for as long as was waited.
        case silent
        /// As much as was asked for has come.
        case enough
    }

    struct Failure: Error {
        let call: String
        let errno: Int32
    }

    private let descriptor: Int32

    /// Connects to 127.0.0.1.
    init(port: Int) throws {
        let fresh = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard fresh >= 0 else { throw Failure(call: "socket", errno: errno) }
        descriptor = fresh
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let connected = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(fresh, $0, length)
            }
        }
        guard connected == 0 else { throw Failure(call: "connect", errno: errno) }
    }

    deinit { close(descriptor) }

    /// Sends a request of the given head fields and no body.
    func get(_ path: String, token: String? = World.token) throws {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let request = "GET \(path) HTTP/1.1\r\nHost: simulator\r\n\(authorization)Connection: close\r\n\r\n"
        let bytes = Array(request.utf8)
        let sent = unsafe bytes.withUnsafeBytes {
            unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard sent == bytes.count else { throw Failure(call: "send", errno: errno) }
    }

    /// Reads until the connection ends, or nothing more has come for a while, or enough has.
    ///
    /// - Parameters:
    ///   - milliseconds: how long nothing may come after the first byte; the first one has a minute, since a busy
    ///     machine may take that long to start the server.
    ///   - limit: enough.
    /// - Returns: what came, and why there is no more.
    func read(silence milliseconds: Int32 = 10_000, atMost limit: Int = 64 << 20) -> (
        bytes: [UInt8], ending: Ending
    ) {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            var descriptors = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
            guard unsafe poll(&descriptors, 1, bytes.isEmpty ? 60_000 : milliseconds) > 0 else {
                return (bytes, .silent)
            }
            let count = unsafe chunk.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            if count == 0 { return (bytes, .closed) }
            if count < 0 { return (bytes, .reset) }
            bytes += chunk[..<count]
        }
        return (bytes, .enough)
    }
}
