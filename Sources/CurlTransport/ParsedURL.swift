// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import HTTPTransport

/// The parts of a URL that decide whether it may be asked.
struct ParsedURL {
    /// In lower case, whatever was written.
    let scheme: String

    /// As libcurl will connect to it: IPv6 in brackets, IPv4 as four decimal numbers.
    let host: String

    /// Reads a URL with libcurl's parser.
    ///
    /// - Parameters:
    ///   - url: an absolute URL without NUL.
    ///   - shown: what an error may say of it.
    /// - Throws: `.refused` where libcurl cannot read it or where it names a user.
    init(_ url: String, shown: String) throws(TransportError) {
        guard let parts = unsafe curl_url() else {
            throw TransportError(.other, "\(shown): no memory to read the URL.")
        }
        defer { unsafe curl_url_cleanup(parts) }
        let code = unsafe curl_url_set(parts, CURLUPART_URL, url, UInt32(CURLU_DISALLOW_USER))
        guard code == CURLUE_OK else { throw Self.refusal(code, shown: shown) }
        guard let scheme = unsafe Self.part(CURLUPART_SCHEME, of: parts) else {
            throw Self.refusal(CURLUE_NO_SCHEME, shown: shown)
        }
        // A file URL has no host: its scheme alone condemns it.
        self.scheme = scheme.lowercased()
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

    private static func refusal(_ code: CURLUcode, shown: String) -> TransportError {
        if code == CURLUE_USER_NOT_ALLOWED {
            return TransportError(.refused, "\(shown): a URL holds no user and no password.")
        }
        return TransportError(
            .refused,
            "\(shown): not a URL: \(unsafe String(cString: curl_url_strerror(code)))."
        )
    }
}
