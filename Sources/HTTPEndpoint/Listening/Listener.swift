// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import LinuxSystem

/// A socket that listens.
final class Listener: Sendable {
    /// The listening socket; it never blocks and no child process inherits it.
    let descriptor: Descriptor

    /// Where it listens, with the port that the kernel chose.
    let address: SocketAddress

    /// The file of a Unix socket, which goes away with the listener.
    private let file: SocketFile?

    /// Binds and listens at once, or takes over a socket that does already.
    ///
    /// - Parameter wanted: its first address that can be bound is taken.
    /// - Throws: an error that names the address, the system's reason and what to do.
    convenience init(_ wanted: ListenAddress) throws(EndpointError) {
        switch wanted {
        case .tcp: try self.init(binding: wanted)
        case .unix(let path): try self.init(making: path, for: wanted)
        case .inherited(let descriptor, _): try self.init(adopting: descriptor, for: wanted)
        }
    }

    /// Takes a socket that listens.
    init(_ descriptor: consuming Descriptor, at address: SocketAddress, file: SocketFile? = nil) {
        self.descriptor = descriptor
        self.address = address
        self.file = file
    }

    deinit { file?.remove() }

    private init(binding wanted: ListenAddress) throws(EndpointError) {
        var failure = Errno(rawValue: EADDRNOTAVAIL)
        for candidate in try wanted.resolved() {
            do throws(Errno) {
                let descriptor = try Self.listen(at: candidate)
                self.address = try Self.name(of: descriptor)
                self.descriptor = descriptor
                file = nil
                return
            } catch {
                failure = error
                // Only a kernel without IPv6 is a reason to go on: where `::` is taken, `0.0.0.0` alone would
                // serve half of the clients without anyone noticing.
                guard [EAFNOSUPPORT, EADDRNOTAVAIL].contains(failure.rawValue) else { break }
            }
        }
        throw EndpointError(
            "cannot listen on \(wanted): \(failure). \(Self.advice(for: failure))",
            errno: failure.rawValue
        )
    }

    /// Takes the next client from the backlog.
    ///
    /// - Returns: `nil` when no client waits.
    /// - Throws: the kernel's reason, which may be the client's (`ECONNABORTED`) or the machine's (`EMFILE`).
    func accept() throws(Errno) -> Accepted? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        do throws(Errno) {
            let socket = try retrying {
                unsafe withUnsafeMutablePointer(to: &storage) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                        unsafe clinux_accept4(descriptor.rawValue, address, &length, flags)
                    }
                }
            }
            return Accepted(descriptor: Descriptor(adopting: socket), peer: SocketAddress(storage))
        } catch {
            if error.rawValue == EAGAIN || error.rawValue == EWOULDBLOCK { return nil }
            throw error
        }
    }

    /// A client's connection, not yet served.
    struct Accepted: ~Copyable {
        /// The connected socket.
        let descriptor: Descriptor
        /// The client's end.
        let peer: SocketAddress

        /// Gives the socket away.
        consuming func intoDescriptor() -> Descriptor { descriptor }
    }
}

extension Listener {
    private static func listen(at address: ListenAddress.Resolved) throws(Errno) -> Descriptor {
        let descriptor = try Descriptor.socket(Int32(address.storage.ss_family))
        try descriptor.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
        if address.isIPv6 { try descriptor.setOption(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
        try descriptor.bind(to: address)
        _ = try retrying { Glibc.listen(descriptor.rawValue, SOMAXCONN) }
        return descriptor
    }

    /// Asks where a socket is bound.
    ///
    /// The corresponding C function is `getsockname(2)`.
    static func name(of descriptor: borrowing Descriptor) throws(Errno) -> SocketAddress {
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

    private static func advice(for error: Errno) -> String {
        switch error.rawValue {
        case EADDRINUSE:
            "Another process has this port (`ss -ltnp` shows which): stop it, or choose another port."
        case EACCES:
            "Choose a port above 1023, or give the process the capability CAP_NET_BIND_SERVICE."
        case EADDRNOTAVAIL:
            "No interface of this machine has this address: choose one that has, or leave the host out."
        default:
            "Choose another address."
        }
    }
}
