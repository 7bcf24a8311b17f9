// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import Glibc
import HTTPTransport

/// What libcurl and OpenSSL need once per process, before any thread uses them.
enum CurlGlobal {
    /// `nil` once libcurl is ready, or why it never will be.
    ///
    /// SIGPIPE is ignored for the whole process: CURLOPT_NOSIGNAL, which threads need, stops libcurl from ignoring
    /// it, and OpenSSL writes with `write(2)`, so that a peer who hangs up would end the process.
    ///
    /// Source: curl_global_init(3), CURLOPT_NOSIGNAL(3).
    static let failure: TransportError? = {
        _ = signal(SIGPIPE, SIG_IGN)
        let code = curl_global_init(Int(CURL_GLOBAL_ALL))
        return code == CURLE_OK
            ? nil : TransportError(.other, "libcurl cannot start: \(CurlError.text(code)).")
    }()
}
