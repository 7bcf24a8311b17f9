// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import HTTPTransport

/// What libcurl's codes mean to the room's callers.
///
/// Source: libcurl-errors(3).
enum CurlError {
    /// The class of a transfer's result.
    ///
    /// - Parameter code: anything but `CURLE_OK`; codes of later versions of libcurl are `.other`.
    /// - Returns: what a poll reports.
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
        // An unsupported protocol can only be the answer's (HTTP/0.9): the URL's was checked before.
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

    /// What libcurl calls a code.
    ///
    /// The corresponding C function is `curl_easy_strerror(3)`.
    static func text(_ code: CURLcode) -> String { unsafe String(cString: curl_easy_strerror(code)) }

    /// What libcurl calls a code of a multi handle.
    ///
    /// The corresponding C function is `curl_multi_strerror(3)`.
    static func text(_ code: CURLMcode) -> String { unsafe String(cString: curl_multi_strerror(code)) }
}
