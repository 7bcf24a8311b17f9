// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import HTTPTransport

/// The header fields of a request as a `curl_slist`, which is freed at the end of the value's lifetime.
///
/// The list contains the token. libcurl reads it until the transfer ends.
///
/// Source: CURLOPT_HTTPHEADER(3).
@safe struct HeaderList: ~Copyable {
    /// The list for CURLOPT_HTTPHEADER, valid for the lifetime of this value; `nil` if it is empty.
    let pointer: UnsafeMutablePointer<curl_slist>?

    /// Creates the `Authorization` field, or an empty list if there is no credential.
    ///
    /// - Throws: `.other` if no memory is left. The error does not contain the token.
    init(_ credential: Credential?) throws(TransportError) {
        guard let credential else {
            unsafe pointer = nil
            return
        }
        guard let pointer = unsafe curl_slist_append(nil, "Authorization: \(credential.authorization)") else {
            throw TransportError(.other, "cannot create the request header: out of memory")
        }
        unsafe self.pointer = pointer
    }

    deinit { unsafe curl_slist_free_all(pointer) }
}
