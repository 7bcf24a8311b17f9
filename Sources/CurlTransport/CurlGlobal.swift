// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import Glibc
import HTTPTransport

/// The initialization of libcurl and OpenSSL, once per process, before a thread uses them.
enum CurlGlobal {
    /// The error of the initialization, or `nil` if libcurl is ready.
    ///
    /// SIGPIPE is ignored for the whole process. Threads need CURLOPT_NOSIGNAL, and with this option libcurl does not
    /// ignore the signal itself. OpenSSL uses `write(2)`, so a closed connection would end the process.
    ///
    /// Source: curl_global_init(3), CURLOPT_NOSIGNAL(3).
    static let failure: TransportError? = {
        _ = signal(SIGPIPE, SIG_IGN)
        let code = curl_global_init(Int(CURL_GLOBAL_ALL))
        return code == CURLE_OK
            ? nil : TransportError(.other, "cannot initialize libcurl: \(CurlError.message(code))")
    }()
}
