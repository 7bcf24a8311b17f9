// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import HTTPTransport

/// The scheme and the host of a URL.
struct ParsedURL {
    /// The scheme in lower case.
    let scheme: String

    /// The host that libcurl connects to: IPv6 in brackets, IPv4 as four decimal numbers.
    let host: String

    /// Reads a URL with libcurl's parser.
    ///
    /// - Parameters:
    ///   - url: An absolute URL without NUL.
    ///   - redacted: The URL for errors.
    /// - Throws: `.refused` if the URL is invalid or contains a user.
    init(_ url: String, redacted: String) throws(TransportError) {
        guard let parts = unsafe curl_url() else {
            throw TransportError(.other, "\(redacted): cannot parse the URL: out of memory")
        }
        defer { unsafe curl_url_cleanup(parts) }
        let code = unsafe curl_url_set(parts, CURLUPART_URL, url, UInt32(CURLU_DISALLOW_USER))
        guard code == CURLUE_OK else { throw Self.error(code, redacted: redacted) }
        guard let scheme = unsafe Self.part(CURLUPART_SCHEME, of: parts) else {
            throw Self.error(CURLUE_NO_SCHEME, redacted: redacted)
        }
        self.scheme = scheme.lowercased()
        // A file URL has no host. Its scheme is rejected later.
        host = unsafe Self.part(CURLUPART_HOST, of: parts) ?? ""
    }

    private static func part(_ part: CURLUPart, of parts: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_get(parts, part, &text, 0) == CURLUE_OK, let text = unsafe text else {
            return nil
        }
        defer { unsafe curl_free(text) }
        return unsafe String(cString: text)
    }

    private static func error(_ code: CURLUcode, redacted: String) -> TransportError {
        if code == CURLUE_USER_NOT_ALLOWED {
            return TransportError(
                .refused,
                "\(redacted): a user and a password in a URL are not allowed; remove them"
            )
        }
        return TransportError(
            .refused,
            "\(redacted): not a URL: \(unsafe String(cString: curl_url_strerror(code)))"
        )
    }
}
