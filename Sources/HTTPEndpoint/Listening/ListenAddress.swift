// SPDX-License-Identifier: Apache-2.0

import WireText

/// An address to listen on.
package enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A TCP port. Without a host it listens on all addresses; a name stands for its first address.
    case tcp(host: String?, port: Int)
    /// A Unix socket. The endpoint creates its file with mode 0660 and removes it when it stops.
    ///
    /// The user and the group of the process may connect. The permissions of the directory decide about others.
    case unix(path: String)
    /// A listening socket that the process inherited. Its name may be empty.
    ///
    /// One endpoint owns the descriptor and closes it when it stops. It does not remove the file of a Unix socket.
    case inherited(descriptor: Int32, name: String = "")

    /// The maximum length of a socket's path, without the terminating NUL (unix(7)).
    private static let pathBytes = 107

    /// Parses an address in the notation of Prometheus exporters, or `unix:` and an absolute path.
    ///
    /// Examples: `:10977`, `127.0.0.1:0`, `[::1]:9`, `localhost:123`, `unix:/run/exporter.sock`.
    ///
    /// - Returns: an address whose name is not resolved. Port 0 lets the kernel choose a free port.
    /// - Throws: an error with examples of the notation.
    package static func parse(_ text: String) throws(EndpointError) -> ListenAddress {
        if text.hasPrefix("unix:/") { return try unix(text) }
        guard let colon = text.lastIndex(of: ":") else { throw malformed(text, "the port is missing") }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy(\.isDigit),
            let port = Int(digits), port <= 65_535
        else { throw malformed(text, "\"\(digits)\" is not a port between 0 and 65535") }
        return .tcp(host: try host(text[..<colon], of: text), port: port)
    }

    /// The address in the notation that `parse(_:)` reads.
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
            throw malformed(text, "the path of a socket has at most \(pathBytes) bytes")
        }
        guard !path.hasSuffix("/"), !path.utf8.contains(0) else {
            throw malformed(text, "the path is not that of a file")
        }
        return .unix(path: path)
    }

    private static func host(_ part: Substring, of text: String) throws(EndpointError) -> String? {
        if part.isEmpty { return nil }
        if part.hasPrefix("[") {
            guard part.hasSuffix("]"), part.count > 2 else { throw malformed(text, "a bracket is missing") }
            let address = part.dropFirst().dropLast()
            guard address.contains(":"), !isForbidden(address) else {
                throw malformed(text, "brackets may only hold an IPv6 address")
            }
            return String(address)
        }
        guard !part.contains(":") else { throw malformed(text, "an IPv6 address needs brackets") }
        guard !isForbidden(part) else { throw malformed(text, "\"\(part)\" is not a host") }
        return String(part)
    }

    /// Whether a host contains a byte that no host may contain.
    private static func isForbidden(_ host: Substring) -> Bool {
        host.utf8.contains { $0 <= 0x20 || $0 == 0x7f || "/?#@[]".utf8.contains($0) }
    }

    private static func malformed(_ text: String, _ reason: String) -> EndpointError {
        EndpointError(
            "\"\(text)\" is not an address to listen on: \(reason); "
                + "use for example :10977, 127.0.0.1:10977, [::1]:10977, localhost:10977 or unix:/run/exporter.sock"
        )
    }
}
