// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import HTTPTransport

/// One `CURLM *`: the connections, the names and the TLS sessions that transfers share.
///
/// Belongs to the curl thread. Every transfer must have been removed before it is freed.
///
/// Source: libcurl-multi(3).
@safe struct MultiHandle: ~Copyable {
    private let pointer: UnsafeMutableRawPointer

    /// Makes a handle with libcurl's defaults.
    ///
    /// - Throws: `.other` where there is no memory.
    init() throws(TransportError) {
        guard let pointer = unsafe curl_multi_init() else {
            throw TransportError(.other, "libcurl has no memory for its transfers.")
        }
        unsafe self.pointer = pointer
    }

    deinit { _ = unsafe curl_multi_cleanup(pointer) }

    /// Makes transfers share connections: several at once over HTTP/2, one after another over HTTP/1.1.
    ///
    /// - Parameter connectionsPerHost: at least 1.
    /// - Throws: `.other` where libcurl refuses an option.
    func shareConnections(perHost connectionsPerHost: Int) throws(TransportError) {
        try set(CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        try set(CURLMOPT_MAX_HOST_CONNECTIONS, connectionsPerHost)
        // Kept when idle: all of one host's and a few of another's, whatever the number of handles was.
        try set(CURLMOPT_MAXCONNECTS, connectionsPerHost + 4)
    }

    /// Starts a transfer; `perform()` does its first step.
    func add(_ handle: borrowing EasyHandle) throws(TransportError) {
        try Self.check(unsafe curl_multi_add_handle(pointer, handle.pointer))
    }

    /// Takes a transfer out, finished or not; an unfinished one loses its connection.
    func remove(_ handle: borrowing EasyHandle) {
        // The only failures are a handle that is none and a call from inside a callback.
        _ = unsafe curl_multi_remove_handle(pointer, handle.pointer)
    }

    /// Does what can be done without waiting.
    func perform() throws(TransportError) {
        var running: Int32 = 0
        try Self.check(unsafe curl_multi_perform(pointer, &running))
    }

    /// The next transfer that has ended, to be removed by the caller.
    func nextFinished() -> (identity: Int, result: CURLcode)? {
        var identity = 0
        var result = CURLE_OK
        return unsafe clibcurl_multi_next_finished(pointer, &identity, &result) ? (identity, result) : nil
    }

    /// Waits until a transfer can go on, a descriptor can be read, or the time is up.
    ///
    /// libcurl's own timers may end it earlier.
    func wait(orReadable descriptor: Int32, atMost limit: Duration) throws(TransportError) {
        var extra = curl_waitfd(fd: descriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0)
        try Self.check(unsafe curl_multi_poll(pointer, &extra, 1, limit.milliseconds, nil))
    }

    private func set(_ option: CURLMoption, _ value: Int) throws(TransportError) {
        try Self.check(unsafe clibcurl_multi_set_long(pointer, option, value))
    }

    private static func check(_ code: CURLMcode) throws(TransportError) {
        guard code != CURLM_OK else { return }
        throw TransportError(.other, "libcurl: \(CurlError.text(code)).")
    }
}
