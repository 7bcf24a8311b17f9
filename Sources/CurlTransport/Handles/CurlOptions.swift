// SPDX-License-Identifier: Apache-2.0

import CLibcurl
import HTTPTransport
import LinuxSystem

/// The options of easy handles.
///
/// The result of each libcurl call is checked.
/// `Transfer` sets the options that point to its own memory.
enum CurlOptions {
    /// Sets the options that all transfers of a transport share.
    ///
    /// - Throws: `.other` if libcurl rejects an option.
    static func applyShared(_ settings: CurlSettings, to handle: borrowing EasyHandle) throws(TransportError)
    {
        try handle.set(CURLOPT_NOSIGNAL, 1)
        // Without QUICK_EXIT, ending a transfer whose name resolution hangs would block the curl thread, and all
        // other transfers, until the resolver gives up (CURLOPT_QUICK_EXIT(3)).
        try handle.set(CURLOPT_QUICK_EXIT, 1)

        // Only the GET itself: no redirects, no credentials from files or the URL, and no change of the path.
        try handle.set(CURLOPT_HTTPGET, 1)
        try handle.set(CURLOPT_FOLLOWLOCATION, 0)
        try handle.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try handle.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        try handle.set(CURLOPT_PATH_AS_IS, 1)
        try handle.set(CURLOPT_USERAGENT, settings.userAgent)
        // "" selects every encoding that this libcurl can decompress.
        try handle.set(CURLOPT_ACCEPT_ENCODING, "")
        try handle.set(CURLOPT_HTTP09_ALLOWED, 0)

        // The proxy does not receive the request's header fields, and its CONNECT response adds none to the response.
        try handle.set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        try handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)

        try applyTLS(settings, to: handle)
        try applyConnection(settings, to: handle)
    }

    /// Sets the options of one request.
    ///
    /// - Parameters:
    ///   - target: The URL.
    ///   - bodyLimit: The maximum size of the body in bytes.
    ///   - id: The number that the multi handle reports when the transfer ends.
    ///   - handle: A handle that has the shared options.
    /// - Throws: `.other` if libcurl rejects an option.
    static func applyRequest(
        to target: AllowedURL,
        bodyLimit: Int,
        id: Int,
        on handle: borrowing EasyHandle
    ) throws(TransportError) {
        try handle.set(CURLOPT_URL, target.url)
        try handle.set(CURLOPT_PROTOCOLS_STR, target.isLoopback ? "http,https" : "https")
        // With TLS, requests wait until the first connection has negotiated HTTP/2 or not. Otherwise 64 concurrent
        // requests would open all allowed connections, and use only one of them. Without TLS nothing is negotiated.
        // libcurl 7.88 would then start the waiting requests one by one, each at the end of another.
        try handle.set(CURLOPT_PIPEWAIT, target.usesTLS ? 1 : 0)
        // Proxies come from the environment, but not for this machine. If nil, `no_proxy` decides.
        try handle.set(CURLOPT_NOPROXY, target.isLoopback ? "*" : nil)
        // Checks Content-Length; 0 would mean no limit. The write function counts the bytes of other bodies.
        try handle.setOffset(CURLOPT_MAXFILESIZE_LARGE, max(1, bodyLimit))
        try handle.setID(id)
    }

    private static func applyTLS(
        _ settings: CurlSettings,
        to handle: borrowing EasyHandle
    ) throws(TransportError) {
        try handle.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        try handle.set(CURLOPT_SSL_VERIFYPEER, 1)
        try handle.set(CURLOPT_SSL_VERIFYHOST, 2)
        guard let caFile = settings.caFile else { return }
        try handle.set(CURLOPT_CAINFO, caFile)
        // Otherwise libcurl also trusts the certificates in the system's directory.
        try handle.set(CURLOPT_CAPATH, nil)
    }

    private static func applyConnection(
        _ settings: CurlSettings,
        to handle: borrowing EasyHandle
    ) throws(TransportError) {
        // Uses HTTP/2 only if TLS negotiates it.
        try handle.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        try handle.set(CURLOPT_TCP_KEEPALIVE, 1)

        // 0 would mean libcurl's default of 5 minutes. The transfer loop enforces the request's timeout, because
        // libcurl 7.88 does not check its own while a transfer waits for a free connection.
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, settings.connectTimeout.pollTimeout)))
        try handle.set(CURLOPT_LOW_SPEED_LIMIT, 1)
        try handle.set(CURLOPT_LOW_SPEED_TIME, max(1, Int(settings.stallTimeout.pollTimeout) / 1000))
    }
}
