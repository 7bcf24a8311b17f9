// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import HTTPTransport

/// Sets the options of easy handles, each one checked.
///
/// `apply` sets what never changes, `address` what a request decides; what points into a transfer is the transfer's.
enum CurlOptions {
    /// Sets what all transfers of a transport have in common.
    static func apply(_ settings: CurlSettings, to handle: borrowing EasyHandle) throws(TransportError) {
        // Threads: no signals. A resolver that hangs is left to itself, or ending its transfer would keep the
        // curl thread, and every other transfer, until the resolver gives up (CURLOPT_QUICK_EXIT(3)).
        try handle.set(CURLOPT_NOSIGNAL, 1)
        try handle.set(CURLOPT_QUICK_EXIT, 1)

        // What is asked, and only that: a GET, no redirects, no credentials but ours, the path as it is written.
        try handle.set(CURLOPT_HTTPGET, 1)
        try handle.set(CURLOPT_FOLLOWLOCATION, 0)
        try handle.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try handle.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        try handle.set(CURLOPT_PATH_AS_IS, 1)
        try handle.set(CURLOPT_USERAGENT, settings.userAgent)
        // "" is every encoding that this libcurl can decompress.
        try handle.set(CURLOPT_ACCEPT_ENCODING, "")
        try handle.set(CURLOPT_HTTP09_ALLOWED, 0)

        // A proxy's CONNECT gets neither our fields nor a say in the response's.
        try handle.set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        try handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)

        try prepareTLS(handle, settings)
        try prepareConnection(handle, settings)
    }

    /// Sets what one request decides.
    ///
    /// - Parameters:
    ///   - handle: a handle that `apply` has seen.
    ///   - target: what is asked.
    ///   - bodyLimit: the most bytes that a body may have.
    ///   - identity: how the multi handle reports the transfer's end.
    /// - Throws: `.other` where libcurl refuses an option.
    static func address(
        _ handle: borrowing EasyHandle,
        to target: AllowedURL,
        bodyLimit: Int,
        identity: Int
    ) throws(TransportError) {
        try handle.set(CURLOPT_URL, target.url)
        try handle.set(CURLOPT_PROTOCOLS_STR, target.isLoopback ? "http,https" : "https")
        // Requests wait for the first connection's answer on HTTP/2, or 64 at once would open as many connections as
        // are allowed and use one of them. Without TLS there is no such answer, and libcurl 7.88 wakes those that
        // wait one by one, each with the end of another.
        try handle.set(CURLOPT_PIPEWAIT, target.isSecure ? 1 : 0)
        // Proxies come from the environment, but none of them is asked for this machine. nil: no_proxy decides.
        try handle.set(CURLOPT_NOPROXY, target.isLoopback ? "*" : nil)
        // By Content-Length; 0 would be no limit. The write function counts what has none.
        try handle.setBytes(CURLOPT_MAXFILESIZE_LARGE, max(1, bodyLimit))
        try handle.setIdentity(identity)
    }

    private static func prepareTLS(_ handle: borrowing EasyHandle, _ settings: CurlSettings)
        throws(TransportError)
    {
        try handle.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        try handle.set(CURLOPT_SSL_VERIFYPEER, 1)
        try handle.set(CURLOPT_SSL_VERIFYHOST, 2)
        guard let caFile = settings.caFile else { return }
        try handle.set(CURLOPT_CAINFO, caFile)
        // libcurl would otherwise trust the system's directory as well.
        try handle.set(CURLOPT_CAPATH, nil)
    }

    private static func prepareConnection(
        _ handle: borrowing EasyHandle,
        _ settings: CurlSettings
    ) throws(TransportError) {
        // HTTP/2 where TLS agrees on it.
        try handle.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        try handle.set(CURLOPT_TCP_KEEPALIVE, 1)

        // 0 would be libcurl's 5 minutes. The total is the transfer loop's: libcurl 7.88 does not look at it while
        // a transfer waits for one of the connections.
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, settings.connectTimeout.milliseconds)))
        try handle.set(CURLOPT_LOW_SPEED_LIMIT, 1)
        try handle.set(CURLOPT_LOW_SPEED_TIME, max(1, Int(settings.stallTimeout.milliseconds) / 1000))
    }
}
