// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import Glibc
import HTTPTransport

/// A URL that may be asked: `https`, or `http` to this machine, and nobody's password in it.
///
/// It is read by libcurl's own parser, so that what is checked is what will be connected to.
///
/// Source: libcurl-url(3).
struct AllowedURL {
    /// The URL as it is given to libcurl.
    let url: String

    /// Whether TLS is spoken.
    let isSecure: Bool

    /// Whether the host is this machine, which no proxy could reach for us.
    let isLoopback: Bool

    /// The URL as errors show it: no query, no user, no control characters, at most 200 bytes.
    let shown: String

    /// Checks a URL.
    ///
    /// - Throws: `.refused`, with what is wrong and what would be right.
    init(_ url: String) throws(TransportError) {
        self.url = url
        shown = Self.shown(url)
        guard url.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw TransportError(
                .refused,
                "\(shown): a URL consists of printable ASCII; percent-encode the rest."
            )
        }
        let parsed = try ParsedURL(url, shown: shown)
        isLoopback = Self.isLoopback(parsed.host)
        isSecure = parsed.scheme == "https"
        switch parsed.scheme {
        case "https": return
        case "http" where isLoopback: return
        case "http":
            throw TransportError(
                .refused,
                "\(shown): http is for this machine only (127.0.0.0/8, ::1, localhost); use https."
            )
        default:
            throw TransportError(.refused, "\(shown): only https may be asked, and http to this machine.")
        }
    }

    /// Whether a host, as libcurl writes it, is this machine.
    ///
    /// libcurl turns every spelling of an IPv4 address into four decimal numbers, and resolves `localhost` itself,
    /// without asking anyone.
    ///
    /// Source: RFC 1122, 3.2.1.3 (g); RFC 4291, 2.5.3; RFC 6761, 6.3.
    static func isLoopback(_ host: String) -> Bool {
        let host = host.lowercased()
        if host == "localhost" || host == "localhost." { return true }
        if host.hasPrefix("[") && host.hasSuffix("]") {
            var address = in6_addr()
            guard unsafe inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &address) == 1 else {
                return false
            }
            return unsafe withUnsafeBytes(of: address) { bytes in
                unsafe bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
            }
        }
        var address = in_addr()
        guard unsafe inet_pton(AF_INET, host, &address) == 1 else { return false }
        return UInt32(bigEndian: address.s_addr) >> 24 == 127
    }

    private static func shown(_ url: String) -> String {
        var text = url.prefix { $0 != "?" && $0 != "#" }
        if let at = text.lastIndex(of: "@") {
            text = "…" + text[at...]
        }
        let printable = text.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7f }.prefix(200)
        return String(String.UnicodeScalarView(printable))
    }
}
