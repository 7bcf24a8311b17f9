// SPDX-License-Identifier: Apache-2.0

import CLinux
// On Linux, Foundation re-exports the C library, and with it the BSD socket calls.
import Foundation
import LinuxSystem

/// A listening socket.
final class Listener: Sendable {
    /// The listening socket.
    ///
    /// It is nonblocking and closed on exec.
    let descriptor: Descriptor

    /// The bound address, with the port that the kernel chose.
    let address: SocketAddress

    /// The file of a Unix socket, which is removed with the listener.
    private let file: SocketFile?

    /// Binds a socket and listens at once, or takes over a listening socket.
    ///
    /// - Parameter requested: the first of its resolved addresses that can be bound is used.
    /// - Throws: an error with the address, the system's reason and a remedy.
    convenience init(_ requested: ListenAddress) throws(EndpointError) {
        switch requested {
        case .tcp: try self.init(binding: requested)
        case .unix(let path): try self.init(creating: path, for: requested)
        case .inherited(let descriptor, _): try self.init(adopting: descriptor, for: requested)
        }
    }

    init(_ descriptor: consuming Descriptor, at address: SocketAddress, file: SocketFile? = nil) {
        self.descriptor = descriptor
        self.address = address
        self.file = file
    }

    deinit { file?.remove() }

    private init(binding requested: ListenAddress) throws(EndpointError) {
        var failure = Errno(rawValue: EADDRNOTAVAIL)
        for candidate in try requested.resolved() {
            do throws(Errno) {
                let descriptor = try Self.listen(at: candidate)
                self.address = try Self.boundAddress(of: descriptor)
                self.descriptor = descriptor
                file = nil
                return
            } catch {
                failure = error
                // The next candidate is tried only on a kernel without IPv6. If `::` is in use, falling back to
                // `0.0.0.0` would silently serve IPv4 clients alone.
                guard [EAFNOSUPPORT, EADDRNOTAVAIL].contains(failure.rawValue) else { break }
            }
        }
        throw EndpointError(
            "cannot listen on \(requested): \(failure); \(Self.remedy(for: failure))",
            errno: failure.rawValue
        )
    }

    /// Accepts the next connection from the backlog.
    ///
    /// - Returns: `nil` if the backlog is empty.
    /// - Throws: an error of the new connection (`ECONNABORTED`) or of the process (`EMFILE`).
    func accept() throws(Errno) -> Accepted? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        do throws(Errno) {
            let socket = try retrying {
                unsafe clinux_accept4(descriptor.rawValue, &storage, &length, flags)
            }
            return Accepted(descriptor: Descriptor(adopting: socket), peer: SocketAddress(storage))
        } catch {
            if error.rawValue == EAGAIN || error.rawValue == EWOULDBLOCK { return nil }
            throw error
        }
    }

    struct Accepted: ~Copyable {
        /// The connected socket.
        let descriptor: Descriptor
        /// The client's address.
        let peer: SocketAddress

        /// Returns the socket and gives up its ownership.
        consuming func intoDescriptor() -> Descriptor { descriptor }
    }
}

extension Listener {
    private static func listen(at address: ListenAddress.Resolved) throws(Errno) -> Descriptor {
        let descriptor = try Descriptor.socket(Int32(address.storage.ss_family))
        try descriptor.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
        if address.isIPv6 { try descriptor.setOption(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
        try descriptor.bind(to: address)
        try descriptor.listen()
        return descriptor
    }

    /// Returns the address that a socket is bound to.
    ///
    /// The corresponding C function is `getsockname(2)`.
    static func boundAddress(of descriptor: borrowing Descriptor) throws(Errno) -> SocketAddress {
        let number = descriptor.rawValue
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = try retrying {
            unsafe withUnsafeMutablePointer(to: &storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe getsockname(number, $0, &length)
                }
            }
        }
        return SocketAddress(storage)
    }

    private static func remedy(for error: Errno) -> String {
        switch error.rawValue {
        case EADDRINUSE:
            "another process uses this port (`ss -ltnp` lists it); stop it, or choose another port"
        case EACCES:
            "choose a port above 1023, or grant the process CAP_NET_BIND_SERVICE"
        case EADDRNOTAVAIL:
            "no interface of this machine has this address; choose one that exists, or omit the host"
        default:
            "choose another address"
        }
    }
}
