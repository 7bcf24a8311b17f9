// SPDX-License-Identifier: Apache-2.0

import Foundation

extension ListenAddress {
    /// A socket address for `bind(2)` and `connect(2)`.
    struct Resolved {
        /// The address; `ss_family` is its family.
        let storage: sockaddr_storage
        /// The used length of the storage in bytes.
        let length: socklen_t

        /// Whether the address is an IPv6 address, so that its socket can serve IPv4 too.
        var isIPv6: Bool { Int32(storage.ss_family) == AF_INET6 }

        /// Calls a system call with a pointer to the address.
        func withPointer(_ body: (UnsafePointer<sockaddr>) -> Int32) -> Int32 {
            unsafe withUnsafePointer(to: storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0) }
            }
        }
    }

    /// Returns the addresses to try, in order of preference.
    ///
    /// Without a host these are `::` and, for a kernel without IPv6, `0.0.0.0`. The IPv4 addresses of a name come first,
    /// as in Go's `net.Listen`, which other Prometheus exporters use.
    ///
    /// - Throws: an error if the name has no address.
    func resolved() throws(EndpointError) -> [Resolved] {
        switch self {
        case .tcp(nil, let port): try lookUp("::", port) + lookUp("0.0.0.0", port)
        case .tcp(let host?, let port): try lookUp(host, port)
        case .unix(let path): [Resolved(path: path)]
        case .inherited: []
        }
    }

    /// The corresponding C function is `getaddrinfo(3)`.
    private func lookUp(_ host: String, _ port: Int) throws(EndpointError) -> [Resolved] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard status == 0 else {
            throw EndpointError(
                "cannot listen on \(self): \"\(host)\" has no address (\(Self.text(ofLookUp: status))); "
                    + "use an address of this machine, or omit the host to listen on all addresses"
            )
        }
        defer { unsafe freeaddrinfo(list) }
        var found: [Resolved] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let address = unsafe Self.copy(entry) { found.append(address) }
            unsafe next = entry.pointee.ai_next
        }
        return found.filter { !$0.isIPv6 } + found.filter(\.isIPv6)
    }

    private static func text(ofLookUp status: Int32) -> String {
        guard let text = unsafe gai_strerror(status) else { return "error \(status)" }
        return unsafe String(cString: text)
    }

    private static func copy(_ entry: UnsafePointer<addrinfo>) -> Resolved? {
        let length = unsafe Int(entry.pointee.ai_addrlen)
        guard let address = unsafe entry.pointee.ai_addr, length <= MemoryLayout<sockaddr_storage>.size else {
            return nil
        }
        var storage = sockaddr_storage()
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: length))
        }
        return Resolved(storage: storage, length: socklen_t(length))
    }
}

extension ListenAddress.Resolved {
    /// Creates the address of a Unix socket.
    ///
    /// Source: unix(7), "Address format".
    init(path: String) {
        var storage = sockaddr_storage()
        storage.ss_family = sa_family_t(AF_UNIX)
        let start = SocketAddress.pathOffset
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyBytes(from: path.utf8)
        }
        self.init(storage: storage, length: socklen_t(start + path.utf8.count + 1))
    }
}
