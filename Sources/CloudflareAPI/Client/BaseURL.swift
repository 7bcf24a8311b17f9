// SPDX-License-Identifier: Apache-2.0

/// The URL of the API: `https://api.cloudflare.com/client/v4`, or that of a stand-in.
///
/// Only the parts of a URL that an API needs are accepted. A mistake in the configuration is thus reported at start and
/// not by the first request.
///
/// Source: RFC 3986, 3.
package struct BaseURL: Sendable, Hashable, CustomStringConvertible {
    /// The URL without a trailing slash.
    package let description: String

    /// Parses the URL of a configuration.
    ///
    /// - Parameter text: A scheme and a host, with an optional port and path. Trailing slashes are removed.
    /// - Throws: the problem and its remedy.
    package init(_ text: String) throws(BaseURLError) {
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw BaseURLError("contains spaces or characters outside printable ASCII; percent-encode them")
        }
        guard let separator = text.firstRange(of: "://") else {
            throw BaseURLError("has no scheme; write it like \(Self.example)")
        }
        let scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else {
            throw BaseURLError("has a scheme that is not allowed; use https")
        }
        let rest = text[separator.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var path = rest[authority.endIndex...]
        guard !rest.contains("@") else {
            throw BaseURLError(
                "contains a user or a password; remove it, because the API token has its own setting"
            )
        }
        guard !path.contains("?"), !path.contains("#") else {
            throw BaseURLError(
                "has a query or a fragment; remove it"
            )
        }
        let host = try Self.host(of: authority)
        guard scheme == "https" || Self.isLoopback(host) else {
            throw BaseURLError(
                "http is only allowed for this machine (127.0.0.0/8, ::1, localhost); use https"
            )
        }
        while path.last == "/" { path.removeLast() }
        try Self.check(path: path)
        description = "\(scheme)://\(authority.lowercased())\(path)"
    }

    private static let example = "https://api.cloudflare.com/client/v4"

    /// The host of `host`, `host:port` or `[address]:port`.
    private static func host(of authority: Substring) throws(BaseURLError) -> String {
        var host = authority
        var port: Substring?
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else {
                throw BaseURLError(
                    "has no bracket after the IPv6 address; write it like https://[2001:db8::1]:443"
                )
            }
            host = authority[...end]
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else {
                throw BaseURLError(
                    "has no port after the IPv6 address; write it like https://[2001:db8::1]:443"
                )
            }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        guard isHost(host) else {
            throw BaseURLError("has no valid host; write it like \(example)")
        }
        if let port {
            let isNumber = !port.isEmpty && port.utf8.allSatisfy { (0x30...0x39).contains($0) }
            guard isNumber, let number = UInt16(port), number > 0 else {
                throw BaseURLError("has no valid port; use a number from 1 to 65535")
            }
        }
        return host.lowercased()
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.first == "[" {
            // Hexadecimal digits, colons, and dots for an embedded IPv4 address; libcurl checks the rest.
            let address = host.dropFirst().dropLast().utf8
            return address.count >= 2
                && address.allSatisfy {
                    $0 == 0x3a || $0 == 0x2e || isDigit($0) || (0x41...0x46).contains($0 & 0xdf)
                }
        }
        return !host.isEmpty && host.first != "." && host.first != "-" && !host.contains("..")
            && host.utf8.allSatisfy { $0 == 0x2d || $0 == 0x2e || $0 == 0x5f || isDigit($0) || isLetter($0) }
    }

    /// Whether a host is this machine.
    ///
    /// The transport checks it again with libcurl, which accepts more spellings.
    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func check(path: Substring) throws(BaseURLError) {
        let unreserved = "-._~!$&'()*+,;=:@/%".utf8
        guard path.utf8.allSatisfy({ isDigit($0) || isLetter($0) || unreserved.contains($0) }) else {
            throw BaseURLError(
                "has a path with characters that are not allowed; percent-encode every other character than letters and digits"
            )
        }
        for segment in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard !segment.isEmpty, segment != ".", segment != ".." else {
                throw BaseURLError(
                    "has a path with an empty segment, a \".\" or a \"..\"; remove it"
                )
            }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
}
