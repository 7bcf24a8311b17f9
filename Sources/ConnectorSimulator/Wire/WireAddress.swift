// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The address of a server on this machine.
struct WireAddress: Sendable {
    private var storage: sockaddr_storage
    private var length: socklen_t

    var family: Int32 { Int32(storage.ss_family) }

    /// An address of a Unix socket without a file: the kernel chooses an unused name (unix(7), "Autobind feature").
    static var unnamed: WireAddress {
        var storage = sockaddr_storage()
        storage.ss_family = sa_family_t(AF_UNIX)
        return WireAddress(storage: storage, length: socklen_t(MemoryLayout<sa_family_t>.size))
    }

    private init(storage: sockaddr_storage, length: socklen_t) {
        (self.storage, self.length) = (storage, length)
    }

    /// A TCP port of this machine; `nil` if the host is not an IP address.
    init?(host: String, port: UInt16) {
        let host = host == "localhost" ? "127.0.0.1" : host
        var ipv4 = sockaddr_in()
        var ipv6 = sockaddr_in6()
        (storage, length) = (sockaddr_storage(), 0)
        if unsafe inet_pton(AF_INET, host, &ipv4.sin_addr) == 1 {
            ipv4.sin_family = sa_family_t(AF_INET)
            ipv4.sin_port = port.bigEndian
            store(ipv4)
        } else if unsafe inet_pton(AF_INET6, host, &ipv6.sin6_addr) == 1 {
            ipv6.sin6_family = sa_family_t(AF_INET6)
            ipv6.sin6_port = port.bigEndian
            store(ipv6)
        } else {
            return nil
        }
    }

    /// The address that the kernel has given a socket.
    init(of socket: WireSocket) {
        (storage, length) = (sockaddr_storage(), socklen_t(MemoryLayout<sockaddr_storage>.size))
        unsafe withUnsafeMutablePointer(to: &storage) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe getsockname(socket.descriptor, $0, &length)
            }
        }
    }

    /// The port of a TCP socket; it has the same place for IPv4 and IPv6.
    var port: UInt16 {
        unsafe withUnsafeBytes(of: storage) {
            UInt16(bigEndian: unsafe $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        }
    }

    /// Calls `bind` or `connect` with the address.
    func pass(
        to call: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32,
        _ descriptor: Int32
    ) -> Int32 {
        unsafe withUnsafePointer(to: storage) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe call(descriptor, $0, length)
            }
        }
    }

    private mutating func store<Address>(_ address: Address) {
        unsafe withUnsafeBytes(of: address) { bytes in
            unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0.copyMemory(from: bytes) }
        }
        length = socklen_t(MemoryLayout<Address>.size)
    }
}
