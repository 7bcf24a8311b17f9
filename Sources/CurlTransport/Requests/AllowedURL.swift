// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import Glibc
import HTTPTransport
import WireText

/// A URL that may be requested: `https`, or `http` to this machine, without user and password.
///
/// libcurl's own parser reads the URL, so that the checked host is the host that libcurl connects to.
///
/// Source: libcurl-url(3).
struct AllowedURL {
    let url: String

    /// Whether the scheme is `https`.
    let usesTLS: Bool

    /// Whether the host is this machine, which is never requested through a proxy.
    let isLoopback: Bool

    /// The URL for errors: without query, user and control characters, at most 200 characters.
    let redacted: String

    /// Checks a URL.
    ///
    /// - Throws: `.refused` if the URL is invalid or not allowed.
    init(_ url: String) throws(TransportError) {
        self.url = url
        redacted = Self.redacted(url)
        guard url.utf8.allSatisfy(\.isVisible) else {
            throw TransportError(
                .refused,
                "\(redacted): not a URL: only printable ASCII is allowed; percent-encode other characters"
            )
        }
        let parsed = try ParsedURL(url, redacted: redacted)
        isLoopback = Self.isLoopback(parsed.host)
        usesTLS = parsed.scheme == "https"
        switch parsed.scheme {
        case "https": return
        case "http" where isLoopback: return
        case "http":
            throw TransportError(
                .refused,
                "\(redacted): http is for this machine only (127.0.0.0/8, ::1, localhost); use https"
            )
        default:
            throw TransportError(.refused, "\(redacted): the scheme is not allowed; use https")
        }
    }

    /// Whether a host, as libcurl writes it, is this machine.
    ///
    /// libcurl writes every form of an IPv4 address as four decimal numbers. It resolves `localhost` itself, without a
    /// DNS query.
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

    private static func redacted(_ url: String) -> String {
        var text = url.prefix { $0 != "?" && $0 != "#" }
        if let at = text.lastIndex(of: "@") {
            text = "…" + text[at...]
        }
        let printable = text.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7f }.prefix(200)
        return String(String.UnicodeScalarView(printable))
    }
}
