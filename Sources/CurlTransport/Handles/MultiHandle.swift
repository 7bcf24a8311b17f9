// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import HTTPTransport
import LinuxSystem

/// A `CURLM *`: the connections, the name cache and the TLS sessions that transfers share.
///
/// Only the curl thread uses it. All transfers must be removed before it is freed.
///
/// Source: libcurl-multi(3).
@safe struct MultiHandle: ~Copyable {
    private let pointer: UnsafeMutableRawPointer

    /// Creates a handle with libcurl's defaults.
    ///
    /// - Throws: `.other` if no memory is left.
    init() throws(TransportError) {
        guard let pointer = unsafe curl_multi_init() else {
            throw TransportError(.other, "cannot create a libcurl multi handle: out of memory")
        }
        unsafe self.pointer = pointer
    }

    deinit { _ = unsafe curl_multi_cleanup(pointer) }

    /// Lets transfers share connections: concurrently over HTTP/2, one after another over HTTP/1.1.
    ///
    /// - Parameter connectionsPerHost: The maximum number of connections to one host, at least 1.
    /// - Throws: `.other` if libcurl rejects an option.
    func shareConnections(perHost connectionsPerHost: Int) throws(TransportError) {
        try set(CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        try set(CURLMOPT_MAX_HOST_CONNECTIONS, connectionsPerHost)
        // Limits the idle connections: all of one host, and 4 of others. libcurl's default depends on the number of
        // transfers.
        try set(CURLMOPT_MAXCONNECTS, connectionsPerHost + 4)
    }

    /// Adds a transfer, which the next `perform()` starts.
    func add(_ handle: borrowing EasyHandle) throws(TransportError) {
        try Self.check(unsafe curl_multi_add_handle(pointer, handle.pointer))
    }

    /// Removes a transfer.
    ///
    /// If it has not finished, its connection is closed.
    func remove(_ handle: borrowing EasyHandle) {
        // The call fails only for an invalid handle, or inside a callback.
        _ = unsafe curl_multi_remove_handle(pointer, handle.pointer)
    }

    /// Continues all transfers as far as possible without waiting.
    func perform() throws(TransportError) {
        var running: Int32 = 0
        try Self.check(unsafe curl_multi_perform(pointer, &running))
    }

    /// Returns the next transfer that has ended, or `nil`.
    ///
    /// The caller must remove it.
    func nextFinished() -> (id: Int, result: CURLcode)? {
        var id = 0
        var result = CURLE_OK
        return unsafe clibcurl_multi_next_finished(pointer, &id, &result) ? (id, result) : nil
    }

    /// Waits until a transfer can continue, a descriptor is readable, or the time has passed.
    ///
    /// libcurl's own timers may end the wait earlier.
    func wait(orReadable descriptor: Int32, atMost limit: Duration) throws(TransportError) {
        var extra = curl_waitfd(fd: descriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0)
        try Self.check(unsafe curl_multi_poll(pointer, &extra, 1, limit.pollTimeout, nil))
    }

    private func set(_ option: CURLMoption, _ value: Int) throws(TransportError) {
        try Self.check(unsafe clibcurl_multi_set_long(pointer, option, value))
    }

    private static func check(_ code: CURLMcode) throws(TransportError) {
        guard code != CURLM_OK else { return }
        throw TransportError(.other, "libcurl: \(CurlError.message(code))")
    }
}
