// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The address of a listening socket or of a client.
package struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// The IP address as text, in IPv4 form for an IPv4 client of a dual-stack socket; empty for a Unix socket.
    package let host: String

    /// The port; 0 for a Unix socket.
    package let port: Int

    /// The path of a Unix socket, empty for a client; `nil` for an IP address.
    package let path: String?

    /// The address in the notation of the command line: `127.0.0.1:34567`, `[::]:10977`, `unix:/run/exporter.sock`.
    package var description: String {
        if let path { return "unix:\(path)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    static let pathOffset = MemoryLayout<sa_family_t>.size

    /// Reads an address that a system call wrote.
    ///
    /// - Parameter storage: an address of any family; the unused bytes must be zero.
    init(_ storage: sockaddr_storage) {
        path = Int32(storage.ss_family) == AF_UNIX ? Self.path(storage) : nil
        switch Int32(storage.ss_family) {
        case AF_INET: (host, port) = Self.ipv4(storage)
        case AF_INET6: (host, port) = Self.ipv6(storage)
        default: (host, port) = ("", 0)
        }
    }

    private static func path(_ storage: sockaddr_storage) -> String {
        unsafe withUnsafeBytes(of: storage) { bytes in
            unsafe String(decoding: bytes[pathOffset...].prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private static func ipv4(_ storage: sockaddr_storage) -> (String, Int) {
        let address = unsafe withUnsafeBytes(of: storage) { unsafe $0.loadUnaligned(as: sockaddr_in.self) }
        return (text(of: address.sin_addr, family: AF_INET), Int(UInt16(bigEndian: address.sin_port)))
    }

    private static func ipv6(_ storage: sockaddr_storage) -> (String, Int) {
        let address = unsafe withUnsafeBytes(of: storage) { unsafe $0.loadUnaligned(as: sockaddr_in6.self) }
        let host = text(of: address.sin6_addr, family: AF_INET6)
        let mapped = "::ffff:"
        let isMapped = host.hasPrefix(mapped) && host.contains(".")
        return (
            isMapped ? String(host.dropFirst(mapped.count)) : host, Int(UInt16(bigEndian: address.sin6_port))
        )
    }

    /// The corresponding C function is `inet_ntop(3)`.
    private static func text<Address>(of address: Address, family: Int32) -> String {
        var characters = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let isWritten = unsafe withUnsafePointer(to: address) { pointer in
            unsafe inet_ntop(family, pointer, &characters, socklen_t(characters.count)) != nil
        }
        guard isWritten else { return "" }
        return String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
