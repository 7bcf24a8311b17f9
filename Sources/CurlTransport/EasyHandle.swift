// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import HTTPTransport

/// One `CURL *`, freed with its owner.
///
/// Belongs to the curl thread; must have left its multi handle before it is freed.
///
/// Source: libcurl-easy(3).
@safe struct EasyHandle: ~Copyable {
    /// For the functions of the multi handle; nobody else frees it.
    let pointer: UnsafeMutableRawPointer

    /// Makes a handle with libcurl's defaults.
    ///
    /// - Throws: `.other` where there is no memory.
    init() throws(TransportError) {
        guard let pointer = unsafe curl_easy_init() else {
            throw TransportError(.other, "libcurl has no memory for another transfer.")
        }
        unsafe self.pointer = pointer
    }

    deinit { unsafe curl_easy_cleanup(pointer) }

    /// Sets an option whose value is text.
    ///
    /// - Parameters:
    ///   - option: one that takes a `char *`.
    ///   - value: copied by libcurl; `nil` takes the option back to its default.
    /// - Throws: `.other` where libcurl refuses it.
    func set(_ option: CURLoption, _ value: String?) throws(TransportError) {
        try check(option, unsafe clibcurl_easy_set_text(pointer, option, value))
    }

    /// Sets an option whose value is a number or a switch.
    func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try check(option, unsafe clibcurl_easy_set_long(pointer, option, value))
    }

    /// Sets an option whose value is a count of bytes.
    func setBytes(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try check(option, unsafe clibcurl_easy_set_offset(pointer, option, curl_off_t(value)))
    }

    /// Sets an option whose value libcurl keeps as a pointer.
    ///
    /// - Parameters:
    ///   - option: one that takes a pointer.
    ///   - value: must outlive the transfer.
    /// - Throws: `.other` where libcurl refuses it.
    @unsafe func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) throws(TransportError) {
        try check(option, unsafe clibcurl_easy_set_pointer(pointer, option, value))
    }

    /// Sets a function that takes bytes.
    @unsafe func set(_ option: CURLoption, callback: clibcurl_bytes_callback) throws(TransportError) {
        try check(option, unsafe clibcurl_easy_set_callback(pointer, option, callback))
    }

    /// Sets the number by which the multi handle reports the transfer's end.
    func setIdentity(_ identity: Int) throws(TransportError) {
        try check(CURLOPT_PRIVATE, unsafe clibcurl_easy_set_identity(pointer, identity))
    }

    /// An information of the finished transfer, 0 where it has none.
    func information(_ information: CURLINFO) -> Int { unsafe clibcurl_easy_get_long(pointer, information) }

    /// A large information of the finished transfer, 0 where it has none.
    func offset(_ information: CURLINFO) -> Int { Int(unsafe clibcurl_easy_get_offset(pointer, information)) }

    private func check(_ option: CURLoption, _ code: CURLcode) throws(TransportError) {
        guard code != CURLE_OK else { return }
        throw TransportError(.other, "libcurl refuses option \(option.rawValue): \(CurlError.text(code)).")
    }
}
