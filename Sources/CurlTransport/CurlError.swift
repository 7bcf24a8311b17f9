// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import HTTPTransport

/// The translation of libcurl's error codes.
///
/// Source: libcurl-errors(3).
enum CurlError {
    /// Returns the class of an error.
    ///
    /// - Parameter code: The result of a transfer, not `CURLE_OK`.
    /// - Returns: the class, or `.other` for other codes, for example those of later versions of libcurl.
    static func reason(_ code: CURLcode) -> TransportError.Reason {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            .resolve
        case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED, CURLE_NO_CONNECTION_AVAILABLE:
            .connect
        case CURLE_OPERATION_TIMEDOUT:
            .timeout
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_USE_SSL_FAILED, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_SHUTDOWN_FAILED, CURLE_SSL_CRL_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_CLIENTCERT, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
            CURLE_SSL_ENGINE_INITFAILED:
            .tls
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            .interrupted
        case CURLE_FILESIZE_EXCEEDED:
            .tooLarge
        // The URL's protocol was checked before, so an unsupported protocol is the response's, for example HTTP/0.9.
        case CURLE_BAD_CONTENT_ENCODING, CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL:
            .malformed
        case CURLE_URL_MALFORMAT:
            .refused
        case CURLE_ABORTED_BY_CALLBACK:
            .cancelled
        default:
            .other
        }
    }

    /// Returns libcurl's message for a code.
    ///
    /// The corresponding C function is `curl_easy_strerror(3)`.
    static func message(_ code: CURLcode) -> String { unsafe String(cString: curl_easy_strerror(code)) }

    /// Returns libcurl's message for a code of a multi handle.
    ///
    /// The corresponding C function is `curl_multi_strerror(3)`.
    static func message(_ code: CURLMcode) -> String { unsafe String(cString: curl_multi_strerror(code)) }
}
