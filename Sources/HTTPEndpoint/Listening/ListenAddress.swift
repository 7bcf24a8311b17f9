// SPDX-License-Identifier: Apache-2.0

/// Where an endpoint is asked to listen.
package enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A TCP port of a host's address, of a name's first address, or, with no host, of every address.
    case tcp(host: String?, port: Int)
    /// A Unix socket, whose file the endpoint makes with mode 0660 and removes when it stops.
    ///
    /// So its user and its group may connect; who else may is a matter of the directory's owner.
    case unix(path: String)
    /// A listening socket that the process was started with, under a name that may be empty.
    ///
    /// Its descriptor belongs to the one endpoint that is made with it, and is closed when that stops; the file of a
    /// Unix socket is not removed.
    case inherited(descriptor: Int32, name: String = "")

    /// The longest path that a socket's address holds, without the zero at its end (unix(7)).
    private static let pathBytes = 107

    /// Reads an address as Prometheus exporters take it: `:10977`, `127.0.0.1:0`, `[::1]:9`, `localhost:123`; or
    /// `unix:` and an absolute path.
    ///
    /// - Returns: an address whose name is not yet resolved; port 0 asks the kernel for a free one.
    /// - Throws: an error that says how to write it.
    package static func parse(_ text: String) throws(EndpointError) -> ListenAddress {
        if text.hasPrefix("unix:/") { return try unix(text) }
        guard let colon = text.lastIndex(of: ":") else { throw malformed(text, "it has no port") }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(digits), port <= 65_535
        else { throw malformed(text, "\"\(digits)\" is not a port between 0 and 65535") }
        return .tcp(host: try host(text[..<colon], of: text), port: port)
    }

    /// The address as it is written.
    package var description: String {
        switch self {
        case .tcp(nil, let port): ":\(port)"
        case .tcp(let host?, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        case .inherited(let descriptor, ""): "inherited socket \(descriptor)"
        case .inherited(let descriptor, let name): "inherited socket \(descriptor) (\(name))"
        }
    }

    private static func unix(_ text: String) throws(EndpointError) -> ListenAddress {
        let path = String(text.dropFirst("unix:".count))
        guard path.utf8.count <= pathBytes else {
            throw malformed(text, "a socket's path has at most \(pathBytes) bytes")
        }
        guard !path.hasSuffix("/"), !path.utf8.contains(0) else { throw malformed(text, "it names no file") }
        return .unix(path: path)
    }

    private static func host(_ part: Substring, of text: String) throws(EndpointError) -> String? {
        if part.isEmpty { return nil }
        if part.hasPrefix("[") {
            guard part.hasSuffix("]"), part.count > 2 else { throw malformed(text, "a bracket is missing") }
            let address = part.dropFirst().dropLast()
            guard address.contains(":"), !isForbidden(address) else {
                throw malformed(text, "only an IPv6 address stands in brackets")
            }
            return String(address)
        }
        guard !part.contains(":") else { throw malformed(text, "an IPv6 address stands in brackets") }
        guard !isForbidden(part) else { throw malformed(text, "\"\(part)\" is not a host") }
        return String(part)
    }

    /// Whether there is a byte that no host has.
    private static func isForbidden(_ host: Substring) -> Bool {
        host.utf8.contains { $0 <= 0x20 || $0 == 0x7f || "/?#@[]".utf8.contains($0) }
    }

    private static func malformed(_ text: String, _ reason: String) -> EndpointError {
        EndpointError(
            "\"\(text)\" is not an address to listen on: \(reason); "
                + "write it like :10977, 127.0.0.1:10977, [::1]:10977, localhost:10977 or unix:/run/exporter.sock."
        )
    }
}
