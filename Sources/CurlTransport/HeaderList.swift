// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import HTTPTransport

/// The request's own header fields as a `curl_slist`, freed with its owner.
///
/// It holds the token. libcurl reads it until the transfer has ended.
///
/// Source: CURLOPT_HTTPHEADER(3).
@safe struct HeaderList: ~Copyable {
    /// For CURLOPT_HTTPHEADER, `nil` where there is no field; nobody else frees it.
    let pointer: UnsafeMutablePointer<curl_slist>?

    /// Makes the fields that say who asks.
    ///
    /// - Throws: `.other` where there is no memory; the token is not in the error.
    init(_ credential: Credential?) throws(TransportError) {
        guard let credential else {
            unsafe pointer = nil
            return
        }
        guard let pointer = unsafe curl_slist_append(nil, "Authorization: \(credential.authorization)") else {
            throw TransportError(.other, "libcurl has no memory for a header field.")
        }
        unsafe self.pointer = pointer
    }

    deinit { unsafe curl_slist_free_all(pointer) }
}
