// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import HTTPTransport

/// A `CURL *`, which is freed at the end of the value's lifetime.
///
/// Only the curl thread uses it. It must be removed from its multi handle before it is freed.
///
/// Source: libcurl-easy(3).
@safe struct EasyHandle: ~Copyable {
    /// The pointer for functions of the multi handle, valid for the lifetime of this value.
    let pointer: UnsafeMutableRawPointer

    /// Creates a handle with libcurl's defaults.
    ///
    /// - Throws: `.other` if no memory is left.
    init() throws(TransportError) {
        guard let pointer = unsafe curl_easy_init() else {
            throw TransportError(.other, "cannot create a libcurl handle: out of memory")
        }
        unsafe self.pointer = pointer
    }

    deinit { unsafe curl_easy_cleanup(pointer) }

    /// Sets an option that takes a string.
    ///
    /// - Parameters:
    ///   - option: An option of type `char *`.
    ///   - value: The string, which libcurl copies; `nil` restores the default.
    /// - Throws: `.other` if libcurl rejects the option.
    func set(_ option: CURLoption, _ value: String?) throws(TransportError) {
        try check(option, unsafe clibcurl_easy_set_text(pointer, option, value))
    }

    /// Sets an option that takes a `long`.
    func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try check(option, unsafe clibcurl_easy_set_long(pointer, option, value))
    }

    /// Sets an option that takes a `curl_off_t`.
    func setOffset(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try check(option, unsafe clibcurl_easy_set_offset(pointer, option, curl_off_t(value)))
    }

    /// Sets an option that takes a pointer.
    ///
    /// - Parameters:
    ///   - option: An option of a pointer type.
    ///   - value: The pointer, which must stay valid until the transfer ends.
    /// - Throws: `.other` if libcurl rejects the option.
    @unsafe func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) throws(TransportError) {
        try check(option, unsafe clibcurl_easy_set_pointer(pointer, option, value))
    }

    /// Sets an option that takes a function for received bytes.
    @unsafe func set(_ option: CURLoption, callback: clibcurl_bytes_callback) throws(TransportError) {
        try check(option, unsafe clibcurl_easy_set_callback(pointer, option, callback))
    }

    /// Sets the number that the multi handle reports when the transfer ends.
    func setID(_ id: Int) throws(TransportError) {
        try check(CURLOPT_PRIVATE, unsafe clibcurl_easy_set_id(pointer, id))
    }

    /// Returns a property of the transfer that is a `long`, or 0 if libcurl has no value.
    func integer(_ property: CURLINFO) -> Int { unsafe clibcurl_easy_get_long(pointer, property) }

    private func check(_ option: CURLoption, _ code: CURLcode) throws(TransportError) {
        guard code != CURLE_OK else { return }
        throw TransportError(
            .other,
            "cannot set libcurl option \(option.rawValue): \(CurlError.message(code))"
        )
    }
}
