// SPDX-License-Identifier: Apache-2.0

/// The settings that all transfers of a transport share.
struct CurlSettings: Sendable {
    /// The `User-Agent` header, without characters other than printable ASCII.
    let userAgent: String

    /// The maximum duration of name resolution, TCP and TLS handshake together.
    let connectTimeout: Duration

    /// The maximum time that a transfer may receive less than one byte per second.
    let stallTimeout: Duration

    /// The maximum number of connections to one host; further HTTP/1.1 requests wait for a free connection.
    let connectionsPerHost: Int

    /// The PEM file of trusted certificates that replaces the system's.
    let caFile: String?

    /// Creates settings; filters the user agent, and raises the number of connections to at least 1.
    init(
        userAgent: String,
        connectTimeout: Duration,
        stallTimeout: Duration,
        connectionsPerHost: Int,
        caFile: String?
    ) {
        self.userAgent = String(
            String.UnicodeScalarView(userAgent.unicodeScalars.filter { (0x20...0x7e).contains($0.value) })
        )
        self.connectTimeout = connectTimeout
        self.stallTimeout = stallTimeout
        self.connectionsPerHost = max(1, connectionsPerHost)
        self.caFile = caFile
    }
}
